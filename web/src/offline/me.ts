// Who was signed in last, for a start without a network.
import type { components } from "../api/schema.d.ts";
import { tooOld } from "./rules.ts";

type Me = components["schemas"]["Me"];

const KEY = "peyvand.me";

export function keepMe(me: Me): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ me, at: Date.now() }));
  } catch {
    // Without storage the app starts with a network only.
  }
}

export function keptMe(): Me | undefined {
  try {
    const { me, at } = JSON.parse(localStorage.getItem(KEY) ?? "{}") as { me?: Me; at?: number };
    return at === undefined || tooOld(at, Date.now()) ? undefined : me;
  } catch {
    return undefined;
  }
}

export function forgetMe(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept then.
  }
}
