// Theme, direction and fonts around everything, as the person chose them.
import createCache from "@emotion/cache";
import { CacheProvider } from "@emotion/react";
import rtlPlugin from "@mui/stylis-plugin-rtl";
import CssBaseline from "@mui/material/CssBaseline";
import { ThemeProvider } from "@mui/material/styles";
import useMediaQuery from "@mui/material/useMediaQuery";
import { type ReactNode, useLayoutEffect, useMemo } from "react";
import { prefixer } from "stylis";
import { direction, usePreferences } from "../preferences/store.ts";
import { makeTheme } from "./theme.ts";

// The edge fills it in with each page; without it the content security policy refuses our styles.
const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce;
const caches = {
  ltr: createCache({ key: "ltr", ...(nonce && { nonce }) }),
  rtl: createCache({ key: "rtl", stylisPlugins: [prefixer, rtlPlugin], ...(nonce && { nonce }) }),
};

export function ThemeRoot({ children }: { children: ReactNode }) {
  const { locale, theme: choice } = usePreferences();
  const systemDark = useMediaQuery("(prefers-color-scheme: dark)", { noSsr: true });
  const mode = choice === "system" ? (systemDark ? "dark" : "light") : choice;
  const theme = useMemo(() => makeTheme(mode, locale), [mode, locale]);
  const dir = direction(locale);
  useLayoutEffect(() => {
    document.documentElement.lang = locale;
    document.documentElement.dir = dir;
    document.querySelector("link[rel=manifest]")?.setAttribute("href", `/manifest.${locale}.webmanifest`);
    document.querySelector("meta[name=theme-color]")?.setAttribute("content", theme.tokens.canvas);
  }, [locale, dir, theme]);
  return (
    <CacheProvider value={caches[dir]}>
      <ThemeProvider theme={theme}>
        <CssBaseline />
        {children}
      </ThemeProvider>
    </CacheProvider>
  );
}
