// Labels of addresses and numbers: a few known words, translated; any other as it was typed.
import { useText, type Translate } from "../../i18n/use.ts";

const WORDS = ["work", "home", "mobile", "other"] as const;

export function labelName(t: Translate, label: string): string {
  return (WORDS as readonly string[]).includes(label) ? t(`record.labels.${label}`) : label;
}

export function useLabels(): { value: string; name: string }[] {
  const t = useText();
  return WORDS.map((value) => ({ value, name: t(`record.labels.${value}`) }));
}
