import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import { Monitor, Moon, Sun } from "lucide-react";
import { useText } from "../../i18n/use.ts";
import { type ThemeChoice, usePreferences } from "../../preferences/store.ts";
import { useChoose } from "../../preferences/useChoose.ts";
import { Section } from "./Section.tsx";

const THEMES = [
  { theme: "system", icon: Monitor },
  { theme: "light", icon: Sun },
  { theme: "dark", icon: Moon },
] as const;

/** Light, dark, or as the system has it. */
export function Appearance() {
  const t = useText();
  const { theme } = usePreferences();
  const choose = useChoose();
  return (
    <Section title={t("profile.theme.title")} about={t("profile.theme.about")}>
      <ToggleButtonGroup
        exclusive
        value={theme}
        onChange={(_, chosen: ThemeChoice | null) => chosen && choose({ theme: chosen })}
        aria-label={t("profile.theme.title")}
        sx={{ flexWrap: "wrap" }}
      >
        {THEMES.map(({ theme: one, icon: Icon }) => (
          <ToggleButton key={one} value={one} sx={{ gap: 2, px: 4 }}>
            <Icon size={16} aria-hidden />
            {t(`profile.theme.${one}`)}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </Section>
  );
}
