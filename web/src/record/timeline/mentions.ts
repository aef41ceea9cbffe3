// Mentions in notes: `@[Name](user:UUID)` in what is sent, a chip in what is read.
export interface Mention {
  name: string;
  userId: string;
}

const MENTION = /@\[([^\]\n]{1,200})\]\(user:([0-9a-f]{8}-[0-9a-f-]{27})\)/g;

/** The text of a note cut at its mentions. */
export function pieces(body: string): (string | Mention)[] {
  const found: (string | Mention)[] = [];
  let from = 0;
  for (const match of body.matchAll(MENTION)) {
    if (match.index > from) found.push(body.slice(from, match.index));
    found.push({ name: match[1] as string, userId: match[2] as string });
    from = match.index + match[0].length;
  }
  if (from < body.length) found.push(body.slice(from));
  return found;
}

/** As people write it: "@Leyla". What was mentioned is kept apart, to be put back by `encode`. */
export function decode(body: string): { text: string; mentions: Mention[] } {
  const mentions: Mention[] = [];
  const text = pieces(body)
    .map((piece) => {
      if (typeof piece === "string") return piece;
      mentions.push(piece);
      return `@${piece.name}`;
    })
    .join("");
  return { text, mentions };
}

/** As it is sent: each "@Name" of a colleague that was picked, the longest names first. */
export function encode(text: string, mentions: readonly Mention[]): string {
  const known = new Map(mentions.map((one) => [one.name, one.userId]));
  if (!known.size) return text;
  const names = [...known.keys()].sort((one, other) => other.length - one.length).map(escape);
  return text.replace(
    new RegExp(`@(${names.join("|")})`, "g"),
    (_, name: string) => `@[${name.replace(/[[\]]/g, "")}](user:${known.get(name)})`,
  );
}

function escape(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** What is being typed after an @ just before the caret; undefined when it is no mention. */
export function asked(text: string, caret: number): { query: string; start: number } | undefined {
  const match = /(?:^|[\s(])@([^\s@]{0,40}(?: [^\s@]{0,40})?)$/u.exec(text.slice(0, caret));
  if (!match) return undefined;
  const query = match[1] as string;
  return { query, start: caret - query.length - 1 };
}
