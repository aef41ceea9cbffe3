import { useText } from "../i18n/use.ts";

/** What MUI's Autocomplete says by itself, in the person's language. */
export function usePickerTexts() {
  const t = useText();
  return {
    loadingText: t("common.pick.searching"),
    noOptionsText: t("common.pick.nothing"),
    clearText: t("common.clear"),
    openText: t("common.pick.open"),
    closeText: t("common.close"),
  };
}
