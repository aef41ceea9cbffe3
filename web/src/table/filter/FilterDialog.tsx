import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { useText } from "../../i18n/use.ts";
import type { Field } from "../types.ts";
import { type Problem, problemOf } from "./check.ts";
import { newCondition } from "./ConditionRow.tsx";
import { type Conditions, conditionsOf, NONE, textOf } from "./conditions.ts";
import { FilterBuilder } from "./FilterBuilder.tsx";
import { FilterText } from "./FilterText.tsx";

interface Props {
  fields: readonly Field[];
  filter: string;
  /** The server's refusal of this filter, at its place. */
  refused: { at: number; message: string } | undefined;
  apply: (filter: string) => void;
  close: () => void;
}

/** The filter, built or written: one text seen in two ways. At telephone width it is a sheet from below. */
export function FilterDialog({ fields, filter, refused, apply, close }: Props) {
  const t = useText();
  const [text, setText] = useState(filter);
  const [built, setBuilt] = useState<Conditions | undefined>(() => begin(fields, filter));
  const [mode, setMode] = useState<"build" | "text">(built && !refused ? "build" : "text");
  const [checked, setChecked] = useState<Problem | undefined>(() => problemOf(fields, filter));
  const turn = (to: "build" | "text" | null) => {
    if (to === "text") setMode("text");
    if (to !== "build") return;
    const wrong = problemOf(fields, text);
    setChecked(wrong);
    const understood = wrong ? undefined : conditionsOf(fields, text);
    setBuilt(understood);
    if (!wrong) setMode("build");
  };
  const build = (conditions: Conditions) => {
    setBuilt(conditions);
    setText(textOf(fields, conditions));
  };
  const submit = () => {
    const wrong = problemOf(fields, text);
    setChecked(wrong);
    if (wrong) return setMode("text");
    apply(text.trim());
    close();
  };
  const served = refused && text === filter ? { words: refused.message, at: refused.at } : undefined;
  const mistake = checked ? { words: t(checked.text, checked.values), at: checked.at } : served;
  return (
    <Dialog
      open
      onClose={close}
      fullWidth
      maxWidth="md"
      aria-labelledby="filter-title"
      slotProps={{ paper: { sx: SHEET } }}
    >
      <Box sx={{ display: "flex", alignItems: "center", paddingInlineEnd: 6 }}>
        <DialogTitle id="filter-title" sx={{ flex: 1 }}>
          {t("table.filter.title")}
        </DialogTitle>
        <ToggleButtonGroup
          exclusive
          value={mode}
          onChange={(_, to: "build" | "text" | null) => turn(to)}
          aria-label={t("table.filter.way")}
        >
          <ToggleButton value="build">{t("table.filter.build")}</ToggleButton>
          <ToggleButton value="text">{t("table.filter.asText")}</ToggleButton>
        </ToggleButtonGroup>
      </Box>
      <DialogContent sx={{ "&&": { pt: 2 } }}>
        {mode === "text" && (
          <FilterText
            value={text}
            mistake={mistake}
            onEnter={submit}
            onChange={(next) => {
              setText(next);
              setChecked(undefined);
            }}
          />
        )}
        {mode === "build" && built && <FilterBuilder fields={fields} value={built} onChange={build} />}
        {mode === "build" && built && text && (
          <Typography
            component="code"
            dir="ltr"
            color="textSecondary"
            sx={{ display: "block", mt: 3, fontSize: 12, overflowWrap: "anywhere" }}
          >
            {text}
          </Typography>
        )}
        {mode === "build" && !built && (
          <Typography color="textSecondary" sx={{ py: 4 }}>
            {t("table.filter.intricate")}
          </Typography>
        )}
      </DialogContent>
      <DialogActions>
        <Button onClick={close}>{t("common.cancel")}</Button>
        <Button variant="contained" onClick={submit}>
          {t("table.filter.apply")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

const SHEET = {
  "@media (max-width: 599.95px)": {
    position: "fixed",
    insetBlockEnd: 0,
    insetInline: 0,
    m: 0,
    width: "100%",
    maxWidth: "100%",
    borderEndStartRadius: 0,
    borderEndEndRadius: 0,
  },
} as const;

/** With nothing to filter by yet, the first condition waits to be filled in. */
function begin(fields: readonly Field[], filter: string): Conditions | undefined {
  if (problemOf(fields, filter)) return undefined;
  const found = conditionsOf(fields, filter);
  const [first] = fields;
  return found === NONE && first ? { ...NONE, items: [newCondition(first)] } : found;
}
