// Another saved first: both versions of each field that collides, with what it was before, to choose from.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import Radio from "@mui/material/Radio";
import RadioGroup from "@mui/material/RadioGroup";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { type ReactNode, useState } from "react";
import type { Row } from "../api/changes.ts";
import { useText } from "../i18n/use.ts";
import { ColleagueName } from "../ui/ColleagueName.tsx";
import { isEmpty } from "./empty.ts";
import { type Collision, withValue } from "./merge.ts";
import { fieldNamed, type RecordKind } from "./types.ts";
import type { Conflict } from "./useRecord.ts";

type Side = "mine" | "theirs";

export function ConflictDialog({ kind, conflict }: { kind: RecordKind; conflict: Conflict }) {
  const t = useText();
  const { collisions, merged, kept, taken } = conflict.merge;
  const [sides, setSides] = useState<Record<string, Side>>({});
  const sideOf = (field: string) => sides[field] ?? "mine";
  const result = (): Row =>
    collisions.reduce((record, one) => withValue(record, one.field, one[sideOf(one.field)]), merged);
  const who = (conflict.theirs["audit"] as { updatedBy?: string } | undefined)?.updatedBy;
  const names = (fields: readonly string[]) =>
    fields.map((field) => nameOf(t, kind, field)).join(t("common.listSeparator"));
  return (
    <Dialog open onClose={conflict.cancel} maxWidth="sm" fullWidth aria-labelledby="conflict-title">
      <DialogTitle id="conflict-title">{t("record.conflict.title")}</DialogTitle>
      <DialogContent>
        <DialogContentText component="div">
          {who && <ColleagueName id={who} avatar />}
          <p>{t("record.conflict.body", { count: collisions.length })}</p>
          {taken.length > 0 && <p>{t("record.conflict.taken", { fields: names(taken) })}</p>}
          {kept.length > 0 && <p>{t("record.conflict.kept", { fields: names(kept) })}</p>}
        </DialogContentText>
        <Stack sx={{ gap: 4, mt: 2 }}>
          {collisions.map((one) => (
            <Choice
              key={one.field}
              kind={kind}
              collision={one}
              side={sideOf(one.field)}
              onSide={(side) => setSides({ ...sides, [one.field]: side })}
            />
          ))}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={conflict.cancel}>{t("record.conflict.back")}</Button>
        <Button variant="contained" onClick={() => void conflict.settle(result())}>
          {t("record.conflict.save")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function nameOf(t: ReturnType<typeof useText>, kind: RecordKind, name: string): string {
  const field = fieldNamed(kind, name);
  if (!field) return name;
  return name.startsWith("custom.") ? name.slice("custom.".length) : t(field.label);
}

interface ChoiceProps {
  kind: RecordKind;
  collision: Collision;
  side: Side;
  onSide: (side: Side) => void;
}

function Choice({ kind, collision, side, onSide }: ChoiceProps) {
  const t = useText();
  const name = nameOf(t, kind, collision.field);
  const field = fieldNamed(kind, collision.field);
  const show = (value: unknown): ReactNode => {
    if (isEmpty(value)) return t("record.emptied");
    if (!field || collision.field.includes(".")) return <bdi>{String(value)}</bdi>;
    return <field.Show value={value} />;
  };
  const option = (which: Side) => (
    <Box
      component="label"
      sx={{
        display: "flex",
        gap: 2,
        p: 2,
        border: 1,
        borderRadius: 1,
        borderColor: side === which ? "primary.main" : "divider",
        cursor: "pointer",
      }}
    >
      <Radio value={which} size="small" sx={{ p: 0, alignSelf: "start", mt: 0.5 }} />
      <Box sx={{ minWidth: 0, overflowWrap: "anywhere" }}>
        <Typography variant="caption" color="textSecondary" component="div">
          {t(`record.conflict.${which}`)}
        </Typography>
        {show(collision[which])}
      </Box>
    </Box>
  );
  return (
    <Box role="group" aria-label={name}>
      <Typography variant="h2" component="h3">
        {name}
      </Typography>
      <Typography variant="caption" color="textSecondary" component="div" sx={{ mb: 1 }}>
        {t("record.conflict.base")} {show(collision.base)}
      </Typography>
      <RadioGroup
        aria-label={name}
        value={side}
        onChange={(_, chosen) => onSide(chosen as Side)}
        sx={{ display: "grid", gridTemplateColumns: { xs: "1fr", sm: "1fr 1fr" }, gap: 2 }}
      >
        {option("mine")}
        {option("theirs")}
      </RadioGroup>
    </Box>
  );
}
