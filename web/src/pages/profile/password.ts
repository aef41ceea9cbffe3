// The rules of passwords that a browser can check; the server knows in addition which are common.
export const SHORTEST = 12;
const LONGEST = 1024;
export const RULES = ["long", "notAddress", "another", "uncommon"] as const;
type Rule = (typeof RULES)[number];

/** The rules a new password breaks. "uncommon" is the server's to judge, but for a few characters repeated. */
export function brokenRules(next: string, current: string, email: string): Rule[] {
  const folded = next.normalize("NFKC").toLowerCase();
  const address = email.toLowerCase();
  const broken: Rule[] = [];
  const length = [...next].length;
  if (length < SHORTEST || length > LONGEST) broken.push("long");
  if (folded === address || folded === address.split("@")[0]) broken.push("notAddress");
  if (!next || next === current) broken.push("another");
  if (new Set(folded).size < 5) broken.push("uncommon");
  return broken;
}

const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

/** Four groups of five, without letters that look alike: about 99 bits, and easy to read out. */
export function makePassword(): string {
  const letters: string[] = [];
  while (letters.length < 20) {
    // Beyond the last whole multiple some letters would come more often.
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < LETTERS.length * Math.floor(256 / LETTERS.length))
      letters.push(LETTERS[byte % LETTERS.length] ?? "");
  }
  return [0, 5, 10, 15].map((from) => letters.slice(from, from + 5).join("")).join("-");
}
