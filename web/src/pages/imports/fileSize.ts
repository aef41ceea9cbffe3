import { formatNumber } from "../../format/numbers.ts";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** "12.5 MB" for a number of bytes, in the person's language. */
export function fileSize(bytes: number): string {
  const place = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const unit = UNITS[place];
  return formatNumber(bytes / 1000 ** place, {
    style: "unit",
    ...(unit && { unit }),
    unitDisplay: "short",
    maximumFractionDigits: place ? 1 : 0,
  });
}
