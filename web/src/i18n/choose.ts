// Changes the language once its texts are there, so that nobody sees keys.
import { type Locale, setPreferences } from "../preferences/store.ts";
import { session } from "../session/store.ts";
import { loadAll, loadFirst } from "./load.ts";

export async function chooseLocale(locale: Locale): Promise<void> {
  await (session().state === "signedIn" ? loadAll(locale) : loadFirst(locale));
  setPreferences({ locale, localeChosen: true });
}
