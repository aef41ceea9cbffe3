// A record as a form: what is needed first, the rest folded. What is typed survives a reload and is asked about when
// one leaves.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { ChevronDown } from "lucide-react";
import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useBlocker } from "react-router";
import type { Row } from "../api/changes.ts";
import { describeError } from "../i18n/errors.ts";
import { useText } from "../i18n/use.ts";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";
import { cleanRecord } from "./clean.ts";
import { useDraft, useLeaveWarning } from "./drafts.ts";
import { differing, valueOf, withValue } from "./merge.ts";
import { type Field, fieldsOf, type RecordKind } from "./types.ts";
import { Cancelled } from "./useRecord.ts";
import { within, type Wrongs, wrongsOf } from "./wrong.ts";

/** What is kept of a form that was not sent. */
export interface FormDraft {
  base: Row;
  mine: Row;
}

interface Props {
  kind: RecordKind;
  /** Names of the fields that are shown at once, in order. */
  first: readonly string[];
  /** Where the form begins. */
  base: Row;
  /** Names what is typed here among the drafts of this browser. */
  draftKey: string;
  /** Rejects when it was refused: violations are shown at their fields. */
  onSave: (base: Row, mine: Row) => Promise<void>;
  onCancel: () => void;
  save: string;
  /** Beside the first fields: duplicates of what is typed. */
  aside?: (record: Row) => ReactNode;
  /** In place of the usual words, for refusals the form's owner knows better. */
  describe?: (error: unknown) => ReactNode | undefined;
}

/** State of a navigation that takes along what was typed, so that nobody need be asked. */
export const CARRIED = "carried";

export function RecordForm({
  kind,
  first,
  base: fresh,
  draftKey,
  onSave,
  onCancel,
  save,
  aside,
  describe,
}: Props) {
  const t = useText();
  const [draft, setDraft] = useDraft<FormDraft>(draftKey);
  const [restored] = useState(draft !== undefined);
  const [wrongs, setWrongs] = useState<Wrongs>({});
  const [failure, setFailure] = useState<ReactNode>();
  const [busy, setBusy] = useState(false);
  const leaving = useRef(false);
  const form = useRef<HTMLFormElement>(null);
  const { base, mine } = draft ?? { base: fresh, mine: fresh };
  const dirty = differing(base, mine).length > 0;
  useLeaveWarning(dirty);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      dirty &&
      !leaving.current &&
      currentLocation.pathname !== nextLocation.pathname &&
      nextLocation.state !== CARRIED,
  );
  useEffect(() => {
    if (Object.keys(wrongs).length) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [wrongs]);
  const change = (name: string, value: unknown) => setDraft({ base, mine: withValue(mine, name, value) });
  const submit = async () => {
    const cleaned = cleanRecord(mine);
    setBusy(true);
    setFailure(undefined);
    setWrongs({});
    leaving.current = true;
    try {
      await onSave(base, cleaned);
      setDraft(undefined);
    } catch (error) {
      leaving.current = false;
      // The places of refused rows are those of what was sent.
      setDraft({ base, mine: cleaned });
      const refused = wrongsOf(error, kind.object);
      setWrongs(refused);
      const lost = Object.keys(refused).length === 0;
      if (!(error instanceof Cancelled))
        setFailure(describe?.(error) ?? (lost ? describeError(error) : t("errors.code3")));
    }
    setBusy(false);
  };
  const discard = () => {
    setDraft(undefined);
    setWrongs({});
    setFailure(undefined);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
  };
  const all = fieldsOf(kind);
  const now = first.flatMap((name) => all.filter((field) => field.name === name));
  const row = (field: Field, index: number) => (
    <FormRow
      key={field.name}
      field={field}
      record={mine}
      onChange={(value) => change(field.name, value)}
      wrong={within(wrongs, field.name)}
      focused={index === 0}
    />
  );
  return (
    <Box
      component="form"
      ref={form}
      noValidate
      onKeyDown={press}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void submit();
      }}
    >
      {restored && dirty && (
        <Alert
          severity="info"
          sx={{ mb: 4 }}
          action={
            <Button size="small" color="inherit" onClick={discard}>
              {t("record.form.discard")}
            </Button>
          }
        >
          {t("record.form.restored")}
        </Alert>
      )}
      <Stack sx={{ gap: 4 }}>
        {now.map(row)}
        {aside?.(mine)}
        {kind.groups.map((group) => {
          const rest = group.fields.filter((field) => !first.includes(field.name));
          const isWrong = rest.some((field) =>
            Object.keys(wrongs).some((path) => path.startsWith(field.name)),
          );
          return (
            rest.length > 0 && (
              <Folded key={group.title} title={t(group.title)} forced={isWrong}>
                {rest.map((field) => row(field, -1))}
              </Folded>
            )
          );
        })}
        {failure !== undefined && (
          <Alert severity="error" role="alert">
            {failure}
          </Alert>
        )}
      </Stack>
      <Stack
        direction="row"
        sx={{
          gap: 2,
          py: 3,
          mt: 2,
          position: "sticky",
          insetBlockEnd: { xs: 56, sm: 0 },
          bgcolor: "background.paper",
          zIndex: 2,
        }}
      >
        <Button type="submit" variant="contained" loading={busy}>
          {save}
        </Button>
        <Button onClick={onCancel}>{t("common.cancel")}</Button>
      </Stack>
      <ConfirmDialog
        open={blocker.state === "blocked"}
        title={t("record.form.leave.title")}
        body={t("record.form.leave.body")}
        confirm={t("record.form.leave.confirm")}
        onConfirm={() => blocker.proceed?.()}
        onClose={() => blocker.reset?.()}
      />
    </Box>
  );
}

interface RowProps {
  field: Field;
  record: Row;
  onChange: (value: unknown) => void;
  wrong: (path: string) => string | undefined;
  focused: boolean;
}

function FormRow({ field, record, onChange, wrong, focused }: RowProps) {
  const t = useText();
  const label = t(field.label);
  return (
    <Box data-field={field.name}>
      <Typography color="textSecondary" sx={{ mb: 1 }}>
        {label}
      </Typography>
      <field.Edit
        value={valueOf(record, field.name)}
        onChange={onChange}
        wrong={wrong}
        label={label}
        record={record}
        focused={focused}
      />
    </Box>
  );
}

function Folded({ title, forced, children }: { title: string; forced: boolean; children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  const open = opened || forced;
  return (
    <Box component="section" sx={{ borderBlockStart: 1, borderColor: "divider", pt: 2 }}>
      <Button
        fullWidth
        aria-expanded={open}
        onClick={() => setOpened(!open)}
        endIcon={<ChevronDown size={16} style={{ transform: open ? "rotate(180deg)" : "none" }} />}
        sx={{ justifyContent: "space-between" }}
      >
        {title}
      </Button>
      {open && <Stack sx={{ gap: 4, mt: 2 }}>{children}</Stack>}
    </Box>
  );
}
