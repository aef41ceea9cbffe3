import Link from "@mui/material/Link";
import { localDigits } from "../format/numbers.ts";
import { usePreferences } from "../preferences/store.ts";

/** A telephone number to press: left to right everywhere, in the person's digits. */
export function PhoneLink({ number, e164 }: { number: string; e164?: string }) {
  usePreferences();
  return (
    <Link
      href={`tel:${e164 || number.replace(/[^+\d]/g, "")}`}
      dir="ltr"
      sx={{ unicodeBidi: "isolate", whiteSpace: "nowrap" }}
    >
      {localDigits(number)}
    </Link>
  );
}
