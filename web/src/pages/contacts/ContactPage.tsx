import IconButton from "@mui/material/IconButton";
import Stack from "@mui/material/Stack";
import Tooltip from "@mui/material/Tooltip";
import { Mail, Phone } from "lucide-react";
import { useParams } from "react-router";
import type { Row } from "../../api/changes.ts";
import type { Records } from "../../api/resources.ts";
import { useText } from "../../i18n/use.ts";
import { HeadLine } from "../../record/HeadLine.tsx";
import { RecordPage } from "../../record/RecordPage.tsx";
import { PersonAvatar } from "../../ui/PersonAvatar.tsx";
import { ContactRelated } from "./ContactRelated.tsx";
import { contactKind, FIRST } from "./contactKind.tsx";

type Contact = Records["contacts"];

/** One customer: who it is, how to reach them, what happened. */
export default function ContactPage() {
  const t = useText();
  const { id = "" } = useParams();
  const of = (record: Row) => record as unknown as Contact;
  return (
    <RecordPage
      key={id}
      kind={contactKind}
      id={id}
      first={FIRST}
      leading={(record) => <PersonAvatar name={of(record).displayName} size={44} />}
      about={(record) => {
        const { jobTitle, companies, lifecycleStage, ownerId, tags } = of(record);
        const company = companies.find((role) => role.primary) ?? companies[0];
        return (
          <HeadLine
            words={jobTitle}
            company={company && { id: company.companyId, name: company.companyName }}
            stage={t(`contacts.stages.${lifecycleStage}`)}
            ownerId={ownerId}
            tags={tags}
          />
        );
      }}
      quick={(record) => <Reach contact={of(record)} />}
      related={(record) => <ContactRelated contact={of(record)} />}
    />
  );
}

function Reach({ contact }: { contact: Contact }) {
  const t = useText();
  const phone = contact.phones.find((one) => one.primary) ?? contact.phones[0];
  const email = contact.emails.find((one) => one.primary) ?? contact.emails[0];
  return (
    <Stack direction="row" sx={{ gap: 1 }}>
      {phone && (
        <Tooltip title={t("contacts.call")}>
          <IconButton
            component="a"
            href={`tel:${phone.e164 || phone.number}`}
            aria-label={t("contacts.call")}
          >
            <Phone size={18} />
          </IconButton>
        </Tooltip>
      )}
      {email && (
        <Tooltip title={t("contacts.write")}>
          <IconButton component="a" href={`mailto:${email.address}`} aria-label={t("contacts.write")}>
            <Mail size={18} />
          </IconButton>
        </Tooltip>
      )}
    </Stack>
  );
}
