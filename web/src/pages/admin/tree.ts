// Teams as a tree.
import type { Team } from "./data.ts";

export interface Branch {
  team: Team;
  /** 1 at the top. */
  level: number;
  children: Branch[];
}

/** Below each parent in the order of their names. A parent that is not seen counts as the top. */
export function branches(teams: readonly Team[]): Branch[] {
  const known = new Set(teams.map(({ id }) => id));
  const below = (parent: string, level: number): Branch[] =>
    teams
      .filter(({ parentId }) => (known.has(parentId) ? parentId : "") === parent)
      .map((team) => ({ team, level, children: below(team.id, level + 1) }));
  return below("", 1);
}

/** The branches one below the other, as they are shown. */
export function rowsOf(tree: readonly Branch[]): Branch[] {
  return tree.flatMap((branch) => [branch, ...rowsOf(branch.children)]);
}

/** A team with all below it: where it cannot be moved to. */
export function withDescendants(teams: readonly Team[], id: string): Set<string> {
  const found = new Set([id]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const team of teams) if (found.has(team.parentId)) found.add(team.id);
  }
  return found;
}
