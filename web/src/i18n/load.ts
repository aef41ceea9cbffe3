// Loads catalogues: at first the few texts of sign-in and errors, the others with the app.
import type { Locale } from "../preferences/store.ts";
import { add, type Catalogue } from "./messages.ts";

const first = import.meta.glob<Catalogue>("./*/{start,errors}.json", { import: "default" });
const all = import.meta.glob<Record<string, Catalogue>>("./locales/*.ts", { import: "default" });

export async function loadFirst(locale: Locale): Promise<void> {
  const mine = Object.entries(first).filter(([path]) => path.startsWith(`./${locale}/`));
  await Promise.all(mine.map(async ([path, load]) => add(locale, path, await load())));
}

export async function loadAll(locale: Locale): Promise<void> {
  const load = all[`./locales/${locale}.ts`];
  if (!load) throw new Error(`no catalogues of ${locale}`);
  for (const [path, catalogue] of Object.entries(await load())) add(locale, path, catalogue);
}
