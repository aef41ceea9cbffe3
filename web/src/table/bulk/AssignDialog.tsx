import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import { useState } from "react";
import type { BulkChange } from "../../api/bulk.ts";
import { useText } from "../../i18n/use.ts";
import { useMay } from "../../session/rights.ts";
import { PersonPicker } from "../../ui/PersonPicker.tsx";
import { TeamPicker } from "../../ui/TeamPicker.tsx";
import type { TableRecord } from "../types.ts";

interface Props {
  close: () => void;
  run: (what: string, change: BulkChange, patch: (row: TableRecord) => TableRecord) => void;
}

/** Who is responsible from now on. */
export function AssignDialog({ close, run }: Props) {
  const t = useText();
  const may = useMay();
  const [ownerId, setOwnerId] = useState("");
  const [teamId, setTeamId] = useState("");
  const change: BulkChange = { ...(ownerId && { ownerId }), ...(teamId && { teamId }) };
  return (
    <Dialog open onClose={close} fullWidth maxWidth="xs" aria-labelledby="assign-title">
      <DialogTitle id="assign-title">{t("table.bulk.assign")}</DialogTitle>
      <DialogContent>
        <Stack sx={{ gap: 4, pt: 2 }}>
          <PersonPicker
            label={t("table.bulk.owner")}
            value={ownerId}
            onChange={(id, person) => {
              setOwnerId(id);
              // A record follows its owner into the team, unless another is chosen.
              setTeamId(person?.teamId ?? "");
            }}
          />
          {may("team", "read") && (
            <TeamPicker label={t("table.bulk.team")} value={teamId} onChange={setTeamId} />
          )}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={close}>{t("common.cancel")}</Button>
        <Button
          variant="contained"
          disabled={!ownerId && !teamId}
          onClick={() => run("table.bulk.assigned", change, (row) => Object.assign({}, row, change))}
        >
          {t("table.bulk.assign")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
