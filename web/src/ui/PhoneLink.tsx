import { localDigits } from "../format/numbers.ts";
import { usePreferences } from "../preferences/store.ts";

/** A telephone number to press: left to right everywhere, in the person's digits. */
export function PhoneLink({ number, e164 }: { number: string; e164?: string }) {
  usePreferences();
  return (
    <a className="link run whole" href={`tel:${e164 || number.replace(/[^+\d]/g, "")}`} dir="ltr">
      {localDigits(number)}
    </a>
  );
}
