// The one place where colours, sizes and shadows are set. Contrast of text on its ground is at least 4.5.
export interface Palette {
  /** Behind everything. */
  canvas: string;
  /** Cards, tables, menus. */
  paper: string;
  /** Rows under the pointer, code, quiet fills. */
  tint: string;
  ink: string;
  soft: string;
  line: string;
  /** The edge of what can be filled in; 3:1 against paper. */
  field: string;
  /** What can be pressed. */
  accent: string;
  accentHover: string;
  accentInk: string;
  /** Chosen rows and places. */
  accentTint: string;
  good: string;
  goodTint: string;
  warn: string;
  warnTint: string;
  bad: string;
  badTint: string;
  info: string;
  infoTint: string;
  shadowLow: string;
  shadowHigh: string;
}

export const light: Palette = {
  canvas: "#f5f7f7",
  paper: "#ffffff",
  tint: "#eef2f1",
  ink: "#16211f",
  soft: "#53625f",
  line: "#dde4e2",
  field: "#8a9a96",
  accent: "#0b6b63",
  accentHover: "#085049",
  accentInk: "#ffffff",
  accentTint: "#e0f0ed",
  good: "#1a6b35",
  goodTint: "#e3f3e7",
  warn: "#805100",
  warnTint: "#fbf0d9",
  bad: "#ae2019",
  badTint: "#fce8e6",
  info: "#1b559e",
  infoTint: "#e5eefa",
  shadowLow: "0 1px 2px rgb(16 33 30 / .06), 0 0 0 1px rgb(16 33 30 / .04)",
  shadowHigh: "0 12px 32px rgb(16 33 30 / .16), 0 2px 6px rgb(16 33 30 / .08)",
};

export const dark: Palette = {
  canvas: "#0e1413",
  paper: "#151c1b",
  tint: "#1d2625",
  ink: "#e6edeb",
  soft: "#9daca8",
  line: "#283331",
  field: "#6d7d79",
  accent: "#57c7b8",
  accentHover: "#82dccf",
  accentInk: "#04211d",
  accentTint: "#163430",
  good: "#7bcf94",
  goodTint: "#16301e",
  warn: "#e7b65a",
  warnTint: "#33270f",
  bad: "#ff9a90",
  badTint: "#3a1a18",
  info: "#8fbaf5",
  infoTint: "#182a43",
  shadowLow: "0 1px 2px rgb(0 0 0 / .4), 0 0 0 1px rgb(255 255 255 / .04)",
  shadowHigh: "0 12px 32px rgb(0 0 0 / .55), 0 0 0 1px rgb(255 255 255 / .07)",
};

/** The grid, in pixels. */
export const UNIT = 4;
export const radius = { small: 6, large: 10 } as const;
/** Body texts: small, normal, large. */
export const size = { small: 12, normal: 14, large: 18 } as const;
export const LATIN = '"Inter Variable", system-ui, sans-serif';
export const PERSIAN = '"Vazirmatn Variable", "Inter Variable", system-ui, sans-serif';
export const CODE = 'ui-monospace, "SF Mono", Consolas, monospace';
