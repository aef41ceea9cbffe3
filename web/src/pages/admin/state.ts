// Whether somebody can work: the state that matters most, first.
import type { User } from "./data.ts";

export type State = "inactive" | "locked" | "temporary" | "active";

export function stateOf(user: User, now: number): State {
  if (!user.active) return "inactive";
  if (user.lockExpireTime && Date.parse(user.lockExpireTime) > now) return "locked";
  return user.passwordTemporary ? "temporary" : "active";
}
