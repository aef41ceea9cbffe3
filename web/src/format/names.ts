// What a person is called while their name is typed: as services/contacts/domain/names.py puts it in its order.

/** Languages whose speakers write the family name first. */
const FAMILY_FIRST = new Set(["hu", "ja", "ko", "vi", "yue", "zh", "km", "mn"]);
const EAST_ASIAN = /^[\u2e80-\u9fff\uac00-\ud7af\u{20000}-\u{10ffff}]+$/u;

export function isFamilyFirst(given: string, family: string, language: string): boolean {
  const primary = (language.split("-")[0] ?? "").toLowerCase();
  return primary ? FAMILY_FIRST.has(primary) : EAST_ASIAN.test(given) && EAST_ASIAN.test(family);
}

export function displayName(given: string, family: string, language: string): string {
  if (!given || !family) return given || family;
  const familyFirst = isFamilyFirst(given, family, language);
  const together = familyFirst && EAST_ASIAN.test(given) && EAST_ASIAN.test(family);
  return (familyFirst ? [family, given] : [given, family]).join(together ? "" : " ");
}
