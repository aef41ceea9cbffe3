// Changes the language once its texts are there, so that nobody sees keys.
import { choose } from "../preferences/choose.ts";
import { type Locale, setPreferences } from "../preferences/store.ts";
import { chooseAtDoor, session } from "../session/store.ts";
import { loadAll, loadFirst } from "./load.ts";

/** In the profile of who is signed in, else for this browser and who signs in next. Throws ApiError when unsaved. */
export async function chooseLocale(locale: Locale): Promise<void> {
  if (session().state === "signedIn") {
    await loadAll(locale);
    await choose({ locale });
  } else {
    await loadFirst(locale);
    setPreferences({ locale, localeChosen: true });
    chooseAtDoor(locale);
  }
}
