// Our tokens as MUI's theme.
import { createTheme, type Theme } from "@mui/material/styles";
import { direction, type Locale } from "../preferences/store.ts";
import { components } from "./components.ts";
import { CODE, dark, LATIN, light, type Palette, PERSIAN, radius, size, UNIT } from "./tokens.ts";

declare module "@mui/material/styles" {
  interface Theme {
    tokens: Palette;
  }
  interface ThemeOptions {
    tokens?: Palette;
  }
}

export function makeTheme(mode: "light" | "dark", locale: Locale): Theme {
  const tokens = mode === "dark" ? dark : light;
  const rtl = direction(locale) === "rtl";
  const family = rtl ? PERSIAN : LATIN;
  const lineHeight = rtl ? 1.7 : 1.5;
  const heading = { fontWeight: 600, letterSpacing: rtl ? 0 : "-0.01em", lineHeight: rtl ? 1.6 : 1.35 };
  return createTheme({
    tokens,
    direction: direction(locale),
    spacing: UNIT,
    shape: { borderRadius: radius.small },
    palette: {
      mode,
      primary: { main: tokens.accent, dark: tokens.accentHover, contrastText: tokens.accentInk },
      secondary: { main: tokens.accent, dark: tokens.accentHover, contrastText: tokens.accentInk },
      error: { main: tokens.bad, contrastText: tokens.paper },
      warning: { main: tokens.warn, contrastText: tokens.paper },
      info: { main: tokens.info, contrastText: tokens.paper },
      success: { main: tokens.good, contrastText: tokens.paper },
      background: { default: tokens.canvas, paper: tokens.paper },
      text: { primary: tokens.ink, secondary: tokens.soft, disabled: tokens.soft },
      divider: tokens.line,
      action: { hover: tokens.tint, selected: tokens.accentTint, active: tokens.soft },
    },
    typography: {
      fontFamily: family,
      fontSize: size.normal,
      h1: { ...heading, fontSize: size.large },
      h2: { ...heading, fontSize: size.normal },
      h3: { ...heading, fontSize: size.normal },
      h4: { ...heading, fontSize: size.large },
      h5: { ...heading, fontSize: size.large },
      h6: { ...heading, fontSize: size.large },
      subtitle1: { fontSize: size.normal, lineHeight },
      subtitle2: { fontSize: size.normal, fontWeight: 600, lineHeight },
      body1: { fontSize: size.normal, lineHeight },
      body2: { fontSize: size.normal, lineHeight },
      caption: { fontSize: size.small, lineHeight },
      overline: { fontSize: size.small, lineHeight, letterSpacing: 0, textTransform: "none" },
      button: { fontSize: size.normal, fontWeight: 550, lineHeight: 1.5, textTransform: "none" },
    },
    transitions: {
      duration: {
        shortest: 80,
        shorter: 100,
        short: 120,
        standard: 140,
        complex: 180,
        enteringScreen: 140,
        leavingScreen: 120,
      },
    },
    components: components(tokens, { family, lineHeight, code: CODE, mode }),
  });
}
