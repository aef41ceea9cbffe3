// People who may be the one that is being written down.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { Link as RouterLink } from "react-router";
import type { Row } from "../../api/changes.ts";
import { type Candidate, findDuplicates } from "../../api/people.ts";
import type { Records } from "../../api/resources.ts";
import { displayName } from "../../format/names.ts";
import { useText } from "../../i18n/use.ts";
import { MailLink } from "../../ui/MailLink.tsx";
import { PersonAvatar } from "../../ui/PersonAvatar.tsx";
import { PhoneLink } from "../../ui/PhoneLink.tsx";
import { recordPath } from "../../ui/paths.ts";
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
    <Box role="status">
      {found.length > 0 && (
        <Alert severity="warning" icon={false} sx={{ "& .MuiAlert-message": { width: 1 } }}>
          <Typography sx={{ fontWeight: 600, mb: 2 }}>
            {t("contacts.duplicates.title", { count: found.length })}
          </Typography>
          <CandidateList candidates={found} onUse={onUse} />
        </Alert>
      )}
    </Box>
  );
}

interface ListProps {
  candidates: readonly Candidate[];
  onUse?: ((contact: Contact) => void) | undefined;
}

export function CandidateList({ candidates, onUse }: ListProps) {
  const t = useText();
  return (
    <Stack component="ul" sx={{ listStyle: "none", p: 0, m: 0, gap: 3 }}>
      {candidates.map(({ contact, certain }) => (
        <Stack
          component="li"
          direction="row"
          key={contact.id}
          sx={{ gap: 2, flexWrap: "wrap", alignItems: "center" }}
        >
          <PersonAvatar name={contact.displayName} size={28} />
          <Box sx={{ flex: 1, minWidth: 140, color: "text.primary" }}>
            <bdi>{contact.displayName}</bdi>
            <Typography variant="caption" component="div" color="textSecondary">
              {t(certain ? "contacts.duplicates.same" : "contacts.duplicates.alike")}
            </Typography>
            <Stack sx={{ alignItems: "flex-start" }}>
              {contact.emails[0] && <MailLink address={contact.emails[0].address} />}
              {contact.phones[0] && (
                <PhoneLink number={contact.phones[0].number} e164={contact.phones[0].e164} />
              )}
            </Stack>
          </Box>
          <Button
            size="small"
            variant="outlined"
            component={RouterLink}
            to={recordPath("contacts", contact.id)}
            aria-label={t("contacts.duplicates.openNamed", { name: `\u2068${contact.displayName}\u2069` })}
          >
            {t("contacts.duplicates.open")}
          </Button>
          {onUse && (
            <Button size="small" variant="outlined" onClick={() => onUse(contact)}>
              {t("contacts.duplicates.use")}
            </Button>
          )}
        </Stack>
      ))}
    </Stack>
  );
}
