// Countries and languages by their names in the person's language.
import { type Locale, preferences } from "../preferences/store.ts";
import { wordOrder } from "./order.ts";
// Of the Unicode CLDR; Chromium does not have them.
import azerbaijani from "./azerbaijani.json" with { type: "json" };

/** Countries and territories with telephone numbers of their own, ISO 3166-1 alpha-2. */
const REGIONS =
  "AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD " +
  "CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE " +
  "GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN " +
  "KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ " +
  "NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH " +
  "SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG " +
  "VI VN VU WF WS XK YE YT ZA ZM ZW";

const AZERBAIJANI: Record<"regions" | "languages", Partial<Record<string, string>>> = azerbaijani;

function nameOf(code: string, locale: Locale): string {
  const own = locale === "az" && AZERBAIJANI.regions[code];
  return own || (new Intl.DisplayNames(locale, { type: "region", fallback: "code" }).of(code) ?? code);
}

/** "Iran" for "IR"; the code itself where it has no name. */
export function regionName(code: string): string {
  return code && nameOf(code, preferences().locale);
}

/** "Persian (Iran)" for "fa-IR"; the tag itself where it has no name. */
export function languageName(tag: string): string {
  const { locale } = preferences();
  try {
    const { language, region } = new Intl.Locale(tag);
    const own = locale === "az" && AZERBAIJANI.languages[language];
    if (own) return region ? `${own} (${regionName(region)})` : own;
    return new Intl.DisplayNames(locale, { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag; // not a tag
  }
}

/** Codes of all countries in the order of their names in a language. */
export function regionsByName(locale: Locale): string[] {
  const order = wordOrder(locale);
  const names = new Map(REGIONS.split(" ").map((code) => [code, nameOf(code, locale)]));
  return [...names.keys()].sort((one, other) => order(names.get(one) ?? "", names.get(other) ?? ""));
}

/** All countries to choose from, in the order of the person's language. */
export function regions(): { value: string; name: string }[] {
  return regionsByName(preferences().locale).map((value) => ({ value, name: regionName(value) }));
}

const LANGUAGES =
  "en fa az ms ar de es fr hi hu id it ja kk ko ku ky nl pl ps pt ru sv tg th tk tr uk ur uz vi zh".split(
    " ",
  );

/** Languages to write in; ours first. `also` is there whatever it is. */
export function languages(also = ""): { value: string; name: string }[] {
  const tags = also && !LANGUAGES.includes(also) ? [...LANGUAGES, also] : LANGUAGES;
  return tags.map((value) => ({ value, name: languageName(value) }));
}
