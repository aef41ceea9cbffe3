// "Use this instead": what was typed for a new contact goes into the one that is there.
import type { Row } from "../../api/changes.ts";
import { cleanRecord } from "../../record/clean.ts";
import { isEmpty } from "../../record/empty.ts";

/** What tells two rows of a list apart. */
const KEYS: Record<string, string> = { emails: "address", phones: "number", companies: "companyId" };

/** The contact with what it lacks of the form: empty fields are filled, lists get what they do not hold. */
export function fillIn(contact: Row, typed: Row): Row {
  const result: Row = { ...contact };
  for (const [field, value] of Object.entries(cleanRecord(typed))) {
    if (field === "id" || field === "etag" || isEmpty(value)) continue;
    const key = KEYS[field];
    if (isEmpty(contact[field])) result[field] = value;
    else if (key) result[field] = joined(contact[field] as Item[], value as Item[], key);
    else if (field === "tags")
      result[field] = [...new Set([...(contact[field] as string[]), ...(value as string[])])];
  }
  return result;
}

type Item = Record<string, unknown>;

function joined(held: Item[], typed: Item[], key: string): Item[] {
  const plain = (item: Item) =>
    String(item[key])
      .toLocaleLowerCase()
      .replace(/[\s()-]/g, "");
  const known = new Set(held.map(plain));
  return [
    ...held,
    ...typed.filter((item) => !known.has(plain(item))).map((item) => ({ ...item, primary: false })),
  ];
}
