// How MUI's components look here. Sizes are of a fine pointer; a finger gets 44 px (see `touch`).
import type { Components, Theme } from "@mui/material/styles";
import { type Palette, radius, size } from "./tokens.ts";

interface Type {
  family: string;
  lineHeight: number;
  code: string;
  mode: "light" | "dark";
}

const touch = { "@media (pointer: coarse)": { minHeight: 44, minWidth: 44 } };

export function components(tokens: Palette, type: Type): Components<Theme> {
  return {
    ...ground(tokens, type),
    ...pressed(tokens),
    ...filled(tokens),
    ...surfaces(tokens),
    ...tables(tokens),
  };
}

function ground(tokens: Palette, type: Type): Components<Theme> {
  return {
    MuiCssBaseline: {
      styleOverrides: {
        ":root": { "--ink": tokens.ink, "--accent": tokens.accent, "--paper": tokens.paper },
        html: { colorScheme: type.mode },
        body: { background: tokens.canvas, lineHeight: type.lineHeight, fontSize: size.normal },
        code: { fontFamily: type.code },
        a: { color: tokens.accent },
        ":focus-visible": { outline: `2px solid ${tokens.accent}`, outlineOffset: 2 },
        "::selection": { background: tokens.accentTint },
        "[dir=rtl] .mirror": { transform: "scaleX(-1)" },
        // What a field will hold is not known while it is empty: it begins where the page does, and so do its words.
        ":is(input, textarea)[dir=auto]:placeholder-shown": { direction: "inherit", unicodeBidi: "normal" },
        ...plain(tokens),
        "@media (prefers-reduced-motion: reduce)": {
          "*, *::before, *::after": {
            animationDuration: "1ms !important",
            transitionDuration: "1ms !important",
          },
        },
      },
    },
    MuiButtonBase: { defaultProps: { disableRipple: true } },
    MuiUseMediaQuery: { defaultProps: { noSsr: true } },
  };
}

/** What stands in tables by the hundred: plain elements with these classes, since a component of MUI costs each time. */
function plain(tokens: Palette) {
  const pairs = [
    [tokens.accentTint, tokens.accent],
    [tokens.infoTint, tokens.info],
    [tokens.goodTint, tokens.good],
    [tokens.warnTint, tokens.warn],
  ];
  const grounds = pairs.map(([background, color], at) => [`.avatar-${at}`, { background, color }] as const);
  return {
    ".avatar": {
      display: "inline-flex",
      alignItems: "center",
      justifyContent: "center",
      flex: "none",
      width: "var(--size)",
      height: "var(--size)",
      borderRadius: "50%",
      overflow: "hidden",
      fontSize: "calc(var(--size) * 0.4)",
      fontWeight: 600,
      lineHeight: 1,
      userSelect: "none",
    },
    ...Object.fromEntries(grounds),
    ".link": { textDecoration: "none", "&:hover": { textDecoration: "underline" } },
    ".run": { unicodeBidi: "isolate", overflowWrap: "anywhere" },
    ".whole": { whiteSpace: "nowrap" },
    ".record": {
      display: "inline-flex",
      alignItems: "center",
      gap: 8,
      minWidth: 0,
      fontWeight: 500,
      color: tokens.ink,
    },
    ".person": { display: "inline-flex", alignItems: "center", gap: 6, verticalAlign: "middle" },
    ".tag": {
      display: "inline-flex",
      alignItems: "center",
      height: 22,
      paddingInline: 8,
      borderRadius: radius.small,
      background: tokens.accentTint,
      fontSize: size.small,
    },
    ".check": { width: 16, height: 16, margin: 0, accentColor: tokens.accent, cursor: "pointer" },
  } as const;
}

function pressed(tokens: Palette): Components<Theme> {
  const focus = { "&:focus-visible": { outline: `2px solid ${tokens.accent}`, outlineOffset: 2 } };
  return {
    MuiButton: {
      defaultProps: { disableElevation: true, size: "medium" },
      styleOverrides: {
        root: {
          minHeight: 32,
          paddingBlock: 4,
          paddingInline: 12,
          borderRadius: radius.small,
          ...focus,
          ...touch,
        },
        sizeLarge: { minHeight: 40 },
        outlined: {
          borderColor: tokens.line,
          color: tokens.ink,
          background: tokens.paper,
          "&:hover": { background: tokens.tint, borderColor: tokens.field },
        },
        text: { color: tokens.ink, "&:hover": { background: tokens.tint } },
      },
    },
    MuiIconButton: {
      styleOverrides: {
        root: {
          borderRadius: radius.small,
          padding: 6,
          color: tokens.soft,
          "&:hover": { background: tokens.tint, color: tokens.ink },
          ...focus,
          ...touch,
        },
      },
    },
    MuiLink: { defaultProps: { underline: "hover" }, styleOverrides: { root: focus } },
    MuiTab: { styleOverrides: { root: { minHeight: 36, padding: "6px 12px", ...focus, ...touch } } },
    MuiTabs: { styleOverrides: { root: { minHeight: 36 }, indicator: { height: 2 } } },
    MuiChip: { styleOverrides: { root: { borderRadius: radius.small, fontSize: size.small, height: 24 } } },
    MuiMenuItem: {
      styleOverrides: {
        root: {
          minHeight: 32,
          fontSize: size.normal,
          gap: 8,
          borderRadius: radius.small,
          marginInline: 4,
          ...touch,
        },
      },
    },
    MuiToggleButton: {
      styleOverrides: {
        root: {
          padding: "2px 10px",
          minHeight: 32,
          borderColor: tokens.line,
          color: tokens.soft,
          "&.Mui-selected": { color: tokens.accent, background: tokens.accentTint },
          ...focus,
          ...touch,
        },
      },
    },
  };
}

function filled(tokens: Palette): Components<Theme> {
  return {
    MuiTextField: { defaultProps: { size: "small", variant: "outlined" } },
    MuiFormControl: { defaultProps: { size: "small" } },
    MuiOutlinedInput: {
      styleOverrides: {
        root: {
          background: tokens.paper,
          borderRadius: radius.small,
          "@media (pointer: coarse)": { minHeight: 44 },
          "&:hover .MuiOutlinedInput-notchedOutline": { borderColor: tokens.ink },
        },
        notchedOutline: { borderColor: tokens.field },
        input: { "&:focus-visible": { outline: "none" } },
      },
    },
    MuiInputLabel: { styleOverrides: { root: { color: tokens.soft } } },
    MuiFormHelperText: {
      styleOverrides: {
        root: {
          marginInline: 0,
          fontSize: size.small,
          color: tokens.soft,
          "&.Mui-error": { color: tokens.bad },
        },
      },
    },
    MuiCheckbox: { defaultProps: { size: "small" }, styleOverrides: { root: { padding: 6, ...touch } } },
    MuiSwitch: { defaultProps: { size: "small" } },
  };
}

function surfaces(tokens: Palette): Components<Theme> {
  const raised = {
    boxShadow: tokens.shadowHigh,
    borderRadius: radius.large,
    backgroundImage: "none",
    border: "none",
  };
  return {
    MuiPaper: {
      defaultProps: { elevation: 0 },
      styleOverrides: { root: { backgroundImage: "none" }, rounded: { borderRadius: radius.large } },
    },
    MuiCard: { styleOverrides: { root: { boxShadow: tokens.shadowLow, borderRadius: radius.large } } },
    MuiMenu: { styleOverrides: { paper: raised, list: { paddingBlock: 4 } } },
    MuiPopover: { styleOverrides: { paper: raised } },
    MuiDialog: { styleOverrides: { paper: raised } },
    MuiDialogTitle: {
      styleOverrides: { root: { fontSize: size.large, fontWeight: 600, padding: "20px 24px 8px" } },
    },
    MuiDialogActions: { styleOverrides: { root: { padding: "12px 24px 20px", gap: 8 } } },
    MuiTooltip: {
      defaultProps: { enterDelay: 400 },
      styleOverrides: {
        tooltip: {
          background: tokens.ink,
          color: tokens.paper,
          fontSize: size.small,
          borderRadius: radius.small,
        },
      },
    },
    MuiAlert: {
      styleOverrides: {
        root: {
          borderRadius: radius.small,
          alignItems: "center",
          paddingBlock: 4,
          variants: [
            { props: { severity: "error" }, style: { background: tokens.badTint, color: tokens.bad } },
            { props: { severity: "warning" }, style: { background: tokens.warnTint, color: tokens.warn } },
            { props: { severity: "info" }, style: { background: tokens.infoTint, color: tokens.info } },
            { props: { severity: "success" }, style: { background: tokens.goodTint, color: tokens.good } },
          ],
        },
      },
    },
    MuiSkeleton: {
      defaultProps: { animation: "wave" },
      styleOverrides: { root: { background: tokens.tint } },
    },
    MuiSnackbarContent: {
      styleOverrides: {
        root: {
          background: tokens.ink,
          color: tokens.paper,
          borderRadius: radius.large,
          boxShadow: tokens.shadowHigh,
        },
      },
    },
  };
}

function tables(tokens: Palette): Components<Theme> {
  return {
    MuiTableCell: {
      styleOverrides: {
        root: { borderColor: tokens.line, padding: "6px 12px", fontSize: size.normal, textAlign: "start" },
        head: {
          color: tokens.soft,
          fontSize: size.small,
          fontWeight: 550,
          background: tokens.paper,
          whiteSpace: "nowrap",
        },
      },
    },
    MuiTableRow: {
      styleOverrides: {
        root: {
          "&.MuiTableRow-hover:hover": { background: tokens.tint },
          "&:last-child td, tbody &:last-child th": { borderBlockEnd: 0 },
        },
      },
    },
  };
}
