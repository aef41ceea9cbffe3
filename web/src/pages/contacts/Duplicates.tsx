// People who may be the one that is being written down.
import Button from "@mui/material/Button";
import { useQuery } from "@tanstack/react-query";
import type { Row } from "../../api/changes.ts";
import { type Candidate, findDuplicates } from "../../api/people.ts";
import type { Records } from "../../api/resources.ts";
import { displayName } from "../../format/names.ts";
import { useText } from "../../i18n/use.ts";
import { CandidateRow, CandidateRows, Candidates } from "../../record/CandidateRow.tsx";
import { MailLink } from "../../ui/MailLink.tsx";
import { PhoneLink } from "../../ui/PhoneLink.tsx";
import { useDebounced } from "../../ui/useDebounced.ts";

type Contact = Records["contacts"];

/** What a form holds, for finding others like it. Addresses and numbers only once they may be whole. */
export function traits(record: Row): { emails: string[]; phones: string[]; name: string } {
  const {
    emails = [],
    phones = [],
    givenName = "",
    familyName = "",
    language = "",
  } = record as Partial<Contact>;
  return {
    emails: emails.map((one) => one.address.trim()).filter((address) => /^\S+@\S+\.\S+$/.test(address)),
    phones: phones
      .map((one) => one.number.trim())
      .filter((number) => number.replace(/\D/gu, "").length >= 6 || /[۰-۹٠-٩]{6}/.test(number)),
    name: displayName(givenName.trim(), familyName.trim(), language),
  };
}

interface Props {
  record: Row;
  /** The record itself, when it is there already. */
  except?: string;
  onUse?: ((contact: Contact) => void) | undefined;
}

export function useDuplicates(record: Row, except = ""): Candidate[] {
  const wanted = useDebounced(JSON.stringify(traits(record)), 350);
  const asked = JSON.parse(wanted) as ReturnType<typeof traits>;
  const { data = [] } = useQuery({
    queryKey: ["contacts", "duplicates", wanted],
    queryFn: ({ signal }) => findDuplicates(asked, signal),
    enabled: asked.emails.length + asked.phones.length > 0 || asked.name.length > 3,
    placeholderData: (before) => before,
  });
  const nothing = asked.emails.length + asked.phones.length === 0 && asked.name.length <= 3;
  return nothing ? [] : data.filter((one) => one.contact.id !== except);
}

export function Duplicates({ record, onUse }: Props) {
  const t = useText();
  const found = useDuplicates(record);
  return (
    <Candidates title={found.length ? t("contacts.duplicates.title", { count: found.length }) : ""}>
      <CandidateList candidates={found} onUse={onUse} />
    </Candidates>
  );
}

interface ListProps {
  candidates: readonly Candidate[];
  onUse?: ((contact: Contact) => void) | undefined;
}

export function CandidateList({ candidates, onUse }: ListProps) {
  const t = useText();
  return (
    <CandidateRows>
      {candidates.map(({ contact, certain }) => (
        <CandidateRow
          key={contact.id}
          resource="contacts"
          id={contact.id}
          name={contact.displayName}
          why={t(certain ? "contacts.duplicates.same" : "contacts.duplicates.alike")}
          action={
            onUse && (
              <Button size="small" variant="outlined" onClick={() => onUse(contact)}>
                {t("contacts.duplicates.use")}
              </Button>
            )
          }
        >
          {contact.emails[0] && <MailLink address={contact.emails[0].address} />}
          {contact.phones[0] && <PhoneLink number={contact.phones[0].number} e164={contact.phones[0].e164} />}
        </CandidateRow>
      ))}
    </CandidateRows>
  );
}
