// Numbers in the person's digits.
import { preferences } from "../preferences/store.ts";
import { number, signs } from "./azerbaijani.ts";
import { chosenDigits, formatLocale } from "./locale.ts";

const PERSIAN = "۰۱۲۳۴۵۶۷۸۹";

export function formatNumber(value: number | bigint, options?: Intl.NumberFormatOptions): string {
  if (preferences().locale === "az") return number(value, options, chosenDigits());
  return numberFormat(options).format(value);
}

/** For numbers inside of texts, which have no unit and no currency. */
export function numberFormat(options?: Intl.NumberFormatOptions): Intl.NumberFormat {
  return preferences().locale === "az"
    ? signs("id", chosenDigits(), options)
    : new Intl.NumberFormat(formatLocale(), options);
}

/** A count of which only "at least this many" may be known: "10,000+". */
export function formatCount(count: number, capped = false): string {
  return capped ? `${formatNumber(count)}+` : formatNumber(count);
}

/** A whole number as the API sends 64-bit ones, as text. */
export function formatInt64(value: string): string {
  return formatNumber(BigInt(value));
}

/** Money as `google.type.Money` has it. */
export function formatMoney(money: { currencyCode: string; units: string; nanos?: number }): string {
  const amount = Number(money.units) + (money.nanos ?? 0) / 1e9;
  return formatNumber(amount, { style: "currency", currency: money.currencyCode });
}

/** The digits of a text in the person's script; the rest as it is. For telephone numbers, postal codes and the like. */
export function localDigits(text: string): string {
  return chosenDigits() === "arabext"
    ? text.replace(/[0-9]/g, (digit) => PERSIAN[Number(digit)] ?? digit)
    : text;
}
