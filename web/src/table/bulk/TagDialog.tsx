import Autocomplete from "@mui/material/Autocomplete";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useState } from "react";
import type { BulkChange } from "../../api/bulk.ts";
import { wordOrder } from "../../format/order.ts";
import { useText } from "../../i18n/use.ts";
import type { TableRecord } from "../types.ts";

interface Props {
  /** Those of the selected that are on the page: their tags are offered to be taken away. */
  rows: readonly TableRecord[];
  close: () => void;
  run: (what: string, change: BulkChange, patch: (row: TableRecord) => TableRecord) => void;
}

/** Which tags to give and which to take away. */
export function TagDialog({ rows, close, run }: Props) {
  const t = useText();
  const [added, setAdded] = useState<string[]>([]);
  const [removed, setRemoved] = useState<string[]>([]);
  const there = [...new Set(rows.flatMap(({ tags }) => tags ?? []))].sort(wordOrder());
  const submit = () =>
    run("table.bulk.tagged", { addTags: added, removeTags: removed }, (row) => ({
      ...row,
      tags: [...new Set([...(row.tags ?? []).filter((tag) => !removed.includes(tag)), ...added])],
    }));
  return (
    <Dialog open onClose={close} fullWidth maxWidth="xs" aria-labelledby="tags-title">
      <DialogTitle id="tags-title">{t("table.bulk.tags")}</DialogTitle>
      <DialogContent>
        <Stack sx={{ gap: 4, pt: 2 }}>
          <Tags label={t("table.bulk.add")} options={there} value={added} change={setAdded} />
          <Tags label={t("table.bulk.remove")} options={there} value={removed} change={setRemoved} />
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={close}>{t("common.cancel")}</Button>
        <Button variant="contained" disabled={!added.length && !removed.length} onClick={submit}>
          {t("table.bulk.apply")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

interface TagsProps {
  label: string;
  options: string[];
  value: string[];
  change: (tags: string[]) => void;
}

function Tags({ label, options, value, change }: TagsProps) {
  const t = useText();
  return (
    <Autocomplete
      multiple
      freeSolo
      autoSelect
      options={options}
      value={value}
      onChange={(_, tags) => change(tags.map((tag) => tag.trim()).filter(Boolean))}
      clearText={t("common.clear")}
      renderInput={(params) => <TextField {...params} label={label} helperText={t("table.bulk.tagHint")} />}
    />
  );
}
