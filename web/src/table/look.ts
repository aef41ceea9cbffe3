// How tables and cards of records look; made once a theme.
import Card from "@mui/material/Card";
import { styled, type Theme } from "@mui/material/styles";
import { radius } from "../theme/tokens.ts";

/** Width of the boxes to tick, in pixels. */
export const TICK = 44;

const cut = { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" } as const;
const own = { display: "block", width: "fit-content", maxWidth: "100%", ...cut } as const;
const box = { display: "flex", alignItems: "center", justifyContent: "center", cursor: "pointer" } as const;

export const Sheet = styled(Card)({
  flex: 1,
  minHeight: 0,
  display: "flex",
  "&[data-busy=true]": { opacity: 0.7 },
});

export const Scroller = styled("div")({
  flex: 1,
  overflow: "auto",
  scrollPaddingBlockStart: 40,
  "&:focus-visible": { outlineOffset: -2 },
});

export const Table = styled("table")(({ theme }) => ({
  tableLayout: "fixed",
  borderCollapse: "separate",
  borderSpacing: 0,
  minWidth: "100%",
  ...cells(theme),
  ...rows(theme),
  ...parts(theme),
}));

function cells({ tokens }: Theme) {
  const stays = { position: "sticky", zIndex: 1, background: tokens.paper } as const;
  const line = `1px solid ${tokens.line}`;
  return {
    "& th, & td": {
      height: 43,
      padding: 0,
      paddingInline: 12,
      borderBlockEnd: line,
      textAlign: "start",
      fontWeight: 400,
      ...cut,
    },
    "&[data-density=compact] :is(th, td)": { height: 33 },
    "& .tick": { ...stays, insetInlineStart: 0, padding: 0, textOverflow: "clip" },
    "& .first": { ...stays, insetInlineStart: TICK, borderInlineEnd: line },
    "& thead th": {
      ...stays,
      insetBlockStart: 0,
      zIndex: 2,
      fontSize: 12,
      fontWeight: 550,
      color: tokens.soft,
    },
    "&& thead th": { height: 37 },
    "& thead .tick, & thead .first": { zIndex: 3 },
  } as const;
}

function rows({ tokens }: Theme) {
  const mark = "& tbody tr:focus-visible > .tick";
  return {
    "& tbody tr:hover > *": { background: tokens.tint },
    "& tbody tr[aria-selected=true] > *": { background: tokens.accentTint },
    "& tbody tr[aria-selected=true] .tag": { background: tokens.paper },
    "& tbody tr:focus-visible": { outline: "none" },
    [mark]: { boxShadow: `inset 3px 0 0 ${tokens.accent}` },
    [`[dir=rtl] ${mark}`]: { boxShadow: `inset -3px 0 0 ${tokens.accent}` },
  } as const;
}

function parts({ tokens }: Theme) {
  return {
    "& .box": { ...box, position: "absolute", inset: 0 },
    "& .record": { display: "flex" },
    "& .record bdi": cut,
    // Boxes of their own, cut off at the end of their own direction: of a Latin address in a Persian page not the beginning.
    "& td > :is(.run, bdi), & td .record bdi": {
      display: "inline-block",
      maxWidth: "100%",
      verticalAlign: "bottom",
      ...cut,
    },
    "& .line": { display: "flex", alignItems: "center", gap: 8 },
    "& .tags": { display: "inline-flex", gap: 4 },
    "& .act": {
      ...box,
      flex: "none",
      marginInlineStart: "auto",
      width: 26,
      height: 26,
      padding: 0,
      border: 0,
      borderRadius: radius.small,
      background: "none",
      color: tokens.soft,
      display: "none",
      "&:hover": { background: tokens.line, color: tokens.ink },
    },
    "& tr:hover .act, & tr:focus .act, & tr:focus-within .act": { display: "flex" },
    "@media (pointer: coarse)": { "& .act": { width: 44, height: 44 } },
  } as const;
}

export const CardList = styled("ul")({
  listStyle: "none",
  margin: 0,
  padding: 0,
  display: "grid",
  gap: 8,
  "&[aria-busy=true]": { opacity: 0.7 },
});

export const CardRow = styled("li")(({ theme: { tokens } }) => ({
  display: "flex",
  alignItems: "flex-start",
  paddingInlineStart: 4,
  borderRadius: radius.large,
  background: tokens.paper,
  boxShadow: tokens.shadowLow,
  "&[data-on=true]": { background: tokens.accentTint },
  "& .box": { ...box, flex: "none", width: 44, height: 44 },
  "& .body": { flex: 1, minWidth: 0, paddingBlock: 10, paddingInlineEnd: 12, position: "relative" },
  // The whole card is the link's; what stands above it (a telephone number) is pressed by itself.
  "& .whole-card": {
    color: tokens.ink,
    fontWeight: 600,
    "&::after": { content: '""', position: "absolute", inset: 0 },
  },
  "& .about": { color: tokens.soft, ...cut },
  "& .about > *, & .facts > * > *": own,
  "& .facts": { display: "flex", flexWrap: "wrap", columnGap: 16, rowGap: 4, marginBlockStart: 4 },
  "& .facts > *": { maxWidth: "100%", ...cut },
  "& .facts a": { position: "relative", zIndex: 1 },
}));
