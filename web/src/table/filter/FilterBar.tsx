import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import InputAdornment from "@mui/material/InputAdornment";
import TextField from "@mui/material/TextField";
import { ListFilter, Search } from "lucide-react";
import { useEffect, useState } from "react";
import { ApiError } from "../../api/errors.ts";
import { useText } from "../../i18n/use.ts";
import { useDebounced } from "../../ui/useDebounced.ts";
import type { TableState } from "../state.ts";
import type { Field } from "../types.ts";
import { placed } from "./check.ts";
import { type Conditions, conditionsOf, textOf } from "./conditions.ts";
import { FilterDialog } from "./FilterDialog.tsx";
import { Sentence } from "./Sentence.tsx";
import { FilterError } from "./tree.ts";

interface Props {
  fields: readonly Field[];
  state: TableState;
  /** What the server refused, which may be the filter. */
  problem: unknown;
}

/** What is looked for: a search, and the filter as a sentence of chips. */
export function FilterBar({ fields, state, problem }: Props) {
  const t = useText();
  const [open, setOpen] = useState(false);
  const conditions = readable(fields, state.filter);
  const refused =
    problem instanceof ApiError && problem.reason === "FILTER_INVALID" ? placed(problem.message) : undefined;
  const without = (at: number) => {
    if (!conditions) return;
    const items = conditions.items.filter((_, index) => index !== at);
    state.set({ filter: textOf(fields, { ...conditions, items }) });
  };
  const chip = { maxWidth: "100%", height: 30, "& .MuiChip-label": { fontSize: 13 } };
  return (
    <Box role="search" sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 2, mb: 3 }}>
      <SearchField state={state} />
      {conditions?.items.map((item, at) => (
        <Chip
          key={at}
          label={<Sentence fields={fields} item={item} />}
          color={refused ? "error" : "default"}
          onClick={() => setOpen(true)}
          onDelete={() => without(at)}
          sx={chip}
        />
      ))}
      {!conditions && (
        <Chip
          label={<code dir="ltr">{state.filter}</code>}
          color={refused ? "error" : "default"}
          onClick={() => setOpen(true)}
          onDelete={() => state.set({ filter: "" })}
          sx={chip}
        />
      )}
      <Button
        variant="outlined"
        startIcon={<ListFilter size={16} />}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {t("table.filter.title")}
      </Button>
      {(conditions?.items.length ?? 0) > 1 && (
        <Button onClick={() => state.set({ filter: "" })}>{t("table.filter.clear")}</Button>
      )}
      {open && (
        <FilterDialog
          fields={fields}
          filter={state.filter}
          refused={refused}
          apply={(filter) => state.set({ filter })}
          close={() => setOpen(false)}
        />
      )}
    </Box>
  );
}

/** What the chips show; undefined when the text is the only way to show it. */
function readable(fields: readonly Field[], text: string): Conditions | undefined {
  try {
    return conditionsOf(fields, text);
  } catch (error) {
    if (error instanceof FilterError) return undefined;
    throw error;
  }
}

/** Milliseconds of silence after which is searched. */
const SILENCE = 250;

function SearchField({ state }: { state: TableState }) {
  const t = useText();
  const [typed, setTyped] = useState(state.query);
  const [asked, setAsked] = useState(state.query);
  // Another view, or the way back: the address says what is looked for.
  if (asked !== state.query) {
    setAsked(state.query);
    if (typed.trim() !== state.query) setTyped(state.query);
  }
  const settled = useDebounced(typed.trim(), SILENCE);
  const { set, query } = state;
  useEffect(() => {
    if (settled === typed.trim() && settled !== query) set({ query: settled });
    // Only what was typed asks anew; what the address says has been asked for.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settled]);
  return (
    <TextField
      type="search"
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
      placeholder={t("table.search")}
      sx={{ width: { xs: "100%", sm: 300 } }}
      slotProps={{
        htmlInput: { "aria-label": t("table.search"), dir: "auto", maxLength: 200 },
        input: {
          sx: { height: { sm: 32 } },
          startAdornment: (
            <InputAdornment position="start">
              <Search size={16} aria-hidden />
            </InputAdornment>
          ),
        },
      }}
    />
  );
}
