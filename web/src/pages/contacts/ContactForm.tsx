// A new contact, on its page or in a dialog.
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import { useQueryClient } from "@tanstack/react-query";
import { useDataProvider, useGetMany, useNotify } from "ra-core";
import { useRef, useState } from "react";
import { useNavigate } from "react-router";
import type { Row } from "../../api/changes.ts";
import { duplicateIds } from "../../api/operations.ts";
import type { Records } from "../../api/resources.ts";
import { useText } from "../../i18n/use.ts";
import { writeDraft } from "../../record/drafts.ts";
import { CARRIED, RecordForm } from "../../record/RecordForm.tsx";
import { recordPath } from "../../ui/paths.ts";
import { contactKind, FIRST } from "./contactKind.tsx";
import { CandidateList, Duplicates } from "./Duplicates.tsx";
import { fillIn } from "./useInstead.ts";

interface Props {
  /** What is known before: the company on whose page one is. */
  initial?: Partial<Row>;
  draftKey?: string;
  onDone: (contact: Row) => void;
  onCancel: () => void;
}

const EMPTY: Row = { id: "" };

export function ContactForm({ initial, draftKey = "contacts.new", onDone, onCancel }: Props) {
  const t = useText();
  const navigate = useNavigate();
  const notify = useNotify();
  const client = useQueryClient();
  const dataProvider = useDataProvider();
  const [base] = useState<Row>(() => ({ ...EMPTY, ...initial }));
  /** The person saw who is the same and wants another all the same. */
  const allow = useRef(false);
  const form = useRef<HTMLDivElement>(null);
  const save = async (_: Row, mine: Row) => {
    const meta = { allowDuplicate: allow.current };
    const { id, ...data } = mine;
    allow.current = false;
    const { data: made } = await dataProvider.create<Row>("contacts", { data, meta });
    writeDraft(draftKey, undefined);
    void client.invalidateQueries({ queryKey: ["contacts"] });
    notify("contacts.created", {
      type: "info",
      messageArgs: { name: `\u2068${String(made["displayName"])}\u2069` },
    });
    onDone(made);
  };
  const use = (typed: Row) => (contact: Records["contacts"]) => {
    const held = contact as unknown as Row;
    writeDraft(`contacts.${contact.id}`, { base: held, mine: fillIn(held, typed) });
    writeDraft(draftKey, undefined);
    void navigate(`${recordPath("contacts", contact.id)}?edit`, { state: CARRIED });
  };
  const anyway = () => {
    allow.current = true;
    form.current?.querySelector("form")?.requestSubmit();
  };
  return (
    <div ref={form}>
      <RecordForm
        kind={contactKind}
        first={FIRST}
        base={base}
        draftKey={draftKey}
        onSave={save}
        onCancel={onCancel}
        save={t("contacts.create")}
        aside={(record) => <Duplicates record={record} onUse={use(record)} />}
        describe={(error) => {
          const ids = duplicateIds(error);
          return isDuplicate(error) ? <Refused ids={ids} onAnyway={anyway} /> : undefined;
        }}
      />
    </div>
  );
}

function isDuplicate(error: unknown): boolean {
  return (error as { reason?: string }).reason === "CONTACT_DUPLICATE";
}

function Refused({ ids, onAnyway }: { ids: string[]; onAnyway: () => void }) {
  const t = useText();
  const { data = [] } = useGetMany<Records["contacts"]>("contacts", { ids }, { enabled: ids.length > 0 });
  return (
    <Stack sx={{ gap: 3, alignItems: "flex-start" }}>
      {t(ids.length ? "contacts.duplicates.refused" : "contacts.duplicates.hidden")}
      <CandidateList candidates={data.filter(Boolean).map((contact) => ({ contact, certain: true }))} />
      <Button size="small" variant="outlined" onClick={onAnyway}>
        {t("contacts.duplicates.anyway")}
      </Button>
    </Stack>
  );
}
