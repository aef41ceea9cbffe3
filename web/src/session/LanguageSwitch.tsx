// The four languages, each by its own name.
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import { chooseLocale } from "../i18n/choose.ts";
import { LANGUAGE_NAMES } from "../i18n/names.ts";
import { useText } from "../i18n/use.ts";
import { type Locale, LOCALES, usePreferences } from "../preferences/store.ts";

export function LanguageSwitch() {
  const t = useText();
  const { locale } = usePreferences();
  const choose = (_: unknown, chosen: Locale | null) => {
    if (chosen) void chooseLocale(chosen);
  };
  return (
    <ToggleButtonGroup
      exclusive
      size="small"
      value={locale}
      onChange={choose}
      aria-label={t("start.language")}
      // Two by two where four do not fit side by side.
      sx={(theme) => ({
        [theme.breakpoints.down("sm")]: {
          display: "grid",
          gridTemplateColumns: "1fr 1fr",
          gap: 2,
          width: "100%",
          "&& > button": { m: 0, borderRadius: 1, border: 1, borderColor: "divider" },
        },
      })}
    >
      {LOCALES.map((one) => (
        <ToggleButton key={one} value={one} lang={one}>
          <bdi>{LANGUAGE_NAMES[one]}</bdi>
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
