// Choosing how the app looks and speaks: seen at once, then saved in the profile.
import { saveProfile } from "../session/store.ts";
import { toProfile } from "./profile.ts";
import { type Choices, setPreferences } from "./store.ts";

/** Throws ApiError when it was not saved; it then holds until the next visit. */
export async function choose(changed: Partial<Choices>): Promise<void> {
  setPreferences(changed);
  await saveProfile(toProfile(changed));
}
