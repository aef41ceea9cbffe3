// Who is signed in.
import { useSyncExternalStore } from "react";
import { api, refreshSession, whenSessionEnds } from "../api/client.ts";
import { onBack, online } from "../api/connection.ts";
import { ApiError } from "../api/errors.ts";
import type { components } from "../api/schema.d.ts";
import { forgetKept } from "../offline/keep.ts";
import { forgetMe, keepMe, keptMe } from "../offline/me.ts";
import { fromProfile, type Profile } from "../preferences/profile.ts";
import { type Locale, preferences, setPreferences } from "../preferences/store.ts";

export type Me = components["schemas"]["Me"];
export type Session =
  | { state: "checking" }
  | { state: "unreachable" }
  /** `ended`: there was a session, and it is over. */
  | { state: "signedOut"; ended: boolean }
  | { state: "signedIn"; me: Me };

/** In local storage while somebody is signed in: scripts cannot see the cookies, and asking in vain is an error. */
const SIGNED_IN = "peyvand.signedIn";

/** The person signed out where the server could not be told: it is told as soon as it can be. */
const SIGN_OUT_DUE = "peyvand.signOutDue";

const listeners = new Set<() => void>();
let current: Session = { state: "checking" };

function set(session: Session): void {
  current = session;
  if (session.state === "signedIn") mark(SIGNED_IN, true);
  else if (session.state === "signedOut" && marked(SIGNED_IN)) {
    mark(SIGNED_IN, false);
    forgetMe();
    void forgetKept();
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

function end(): void {
  // Several requests may learn of the end, one after the other; the first was told.
  if (current.state === "signedOut") return;
  set({ state: "signedOut", ended: current.state === "signedIn" });
}

whenSessionEnds(end);

// Signed out in another tab of this browser.
addEventListener("storage", ({ key, newValue }) => {
  if (key === SIGNED_IN && newValue === null && current.state === "signedIn") end();
});

// What was shown from this device meanwhile is checked: the session may be over by now.
onBack(() => void findSession());

/** Looks whether the browser has a session already. Without the server, the person who was here last may read on. */
export async function findSession(): Promise<void> {
  try {
    if (marked(SIGN_OUT_DUE)) await tellSignOut();
    if (!marked(SIGNED_IN)) return current.state === "checking" ? end() : undefined;
    // The access cookie lives for minutes: asking for a new one first spares a refused request most mornings.
    if (!(await refreshSession())) return end();
    await readMe();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (current.state !== "checking" && current.state !== "unreachable") return;
    if (!marked(SIGNED_IN)) return end();
    const me = online() ? undefined : keptMe();
    if (me) enter(me);
    else set({ state: "unreachable" });
  }
}

async function tellSignOut(): Promise<void> {
  await api.POST("/auth/signOut", { body: {} });
  mark(SIGN_OUT_DUE, false);
}

function marked(key: string): boolean {
  try {
    return localStorage.getItem(key) !== null;
  } catch {
    return false;
  }
}

function mark(key: string, on: boolean): void {
  try {
    if (on) localStorage.setItem(key, "yes");
    else localStorage.removeItem(key);
  } catch {
    // Without storage the person signs in once a visit.
  }
}

/** Reads profile and rights again, as after a change of the profile. */
export async function readMe(): Promise<void> {
  const { data } = await api.GET("/v1/me");
  if (data) await enterAndKeep(data);
}

async function enterAndKeep(me: Me): Promise<void> {
  // Another person's records never stay beside mine.
  if (keptMe()?.user?.id !== me.user?.id) await forgetKept();
  keepMe(me);
  enter(me);
}

function enter(me: Me): void {
  if (me.preferences) setPreferences(fromProfile(me.preferences, preferences()));
  set({ state: "signedIn", me });
}

/** Saves choices in the profile of who is signed in. Throws ApiError. */
export async function saveProfile(chosen: Partial<Profile>): Promise<void> {
  const updateMask = Object.keys(chosen).join(",");
  const { data } = await api.PATCH("/v1/me/preferences", { body: { preferences: chosen, updateMask } });
  if (current.state === "signedIn" && data)
    set({ state: "signedIn", me: { ...current.me, preferences: data } });
}

/** The language somebody chose on the sign-in page, in this visit: it is theirs when they sign in next. */
let chosenAtDoor: Locale | undefined;

export function chooseAtDoor(locale: Locale): void {
  chosenAtDoor = locale;
}

async function handOver(me: Me): Promise<Me> {
  const language = chosenAtDoor;
  chosenAtDoor = undefined;
  if (!language || !me.preferences || me.preferences.language === language) return me;
  try {
    await saveProfile({ language });
  } catch (error) {
    // The sign-in counts all the same, and the language holds for this visit.
    if (!(error instanceof ApiError)) throw error;
  }
  return { ...me, preferences: { ...me.preferences, language } };
}

/** Throws ApiError: SIGN_IN_FAILED, LOCKED_OUT, RATE_LIMITED, … */
export async function signIn(email: string, password: string): Promise<void> {
  const { data } = await api.POST("/auth/signIn", { body: { email, password, transport: "cookie" } });
  mark(SIGN_OUT_DUE, false);
  if (data?.me) await enterAndKeep(await handOver(data.me));
}

/** Also without a network: this device forgets at once, and the server is told later. */
export async function signOut(): Promise<void> {
  try {
    await tellSignOut();
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 0)) throw error;
    mark(SIGN_OUT_DUE, true);
  }
  set({ state: "signedOut", ended: false });
}
