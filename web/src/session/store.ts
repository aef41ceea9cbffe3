// Who is signed in.
import { useSyncExternalStore } from "react";
import { api, refreshSession, whenSessionEnds } from "../api/client.ts";
import { ApiError } from "../api/errors.ts";
import type { components } from "../api/schema.d.ts";
import { isLocale, preferences, setPreferences } from "../preferences/store.ts";

export type Me = components["schemas"]["Me"];
export type Session =
  | { state: "checking" }
  | { state: "unreachable" }
  /** `ended`: there was a session, and it is over. */
  | { state: "signedOut"; ended: boolean }
  | { state: "signedIn"; me: Me };

/** In local storage while somebody is signed in: scripts cannot see the cookies, and asking in vain is an error. */
const SIGNED_IN = "peyvand.signedIn";

const listeners = new Set<() => void>();
let current: Session = { state: "checking" };

function set(session: Session): void {
  current = session;
  try {
    if (session.state === "signedIn") localStorage.setItem(SIGNED_IN, "yes");
    else if (session.state === "signedOut") localStorage.removeItem(SIGNED_IN);
  } catch {
    // Without storage the person signs in once a visit.
  }
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function session(): Session {
  return current;
}

export function useSession(): Session {
  return useSyncExternalStore(subscribe, session);
}

whenSessionEnds(() => set({ state: "signedOut", ended: current.state === "signedIn" }));

/** Looks whether the browser has a session already. */
export async function findSession(): Promise<void> {
  if (!remembered()) return set({ state: "signedOut", ended: false });
  try {
    // The access cookie lives for minutes: asking for a new one first spares a refused request most mornings.
    if (!(await refreshSession())) return set({ state: "signedOut", ended: false });
    await readMe();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (current.state === "checking" || current.state === "unreachable") set({ state: "unreachable" });
  }
}

function remembered(): boolean {
  try {
    return localStorage.getItem(SIGNED_IN) !== null;
  } catch {
    return false;
  }
}

/** Reads profile and rights again, as after a change of the profile. */
export async function readMe(): Promise<void> {
  const { data } = await api.GET("/v1/me");
  if (data) enter(data);
}

/** The server's default; it says nothing about where the person is. */
const NO_ZONE = "UTC";

function enter(me: Me): void {
  const { language, calendar, timeZone } = me.user ?? {};
  const { locale: mine, localeChosen } = preferences();
  const locale = localeChosen || !isLocale(language) ? mine : language;
  setPreferences({
    locale,
    // The profile's calendar goes with the profile's language.
    calendar: locale === language && (calendar === "gregorian" || calendar === "jalali") ? calendar : "",
    timeZone: timeZone && timeZone !== NO_ZONE ? timeZone : "",
  });
  set({ state: "signedIn", me });
}

/** Throws ApiError: SIGN_IN_FAILED, LOCKED_OUT, RATE_LIMITED, … */
export async function signIn(email: string, password: string): Promise<void> {
  const { data } = await api.POST("/auth/signIn", { body: { email, password, transport: "cookie" } });
  if (data?.me) enter(data.me);
}

export async function signOut(): Promise<void> {
  await api.POST("/auth/signOut", { body: {} });
  set({ state: "signedOut", ended: false });
}
