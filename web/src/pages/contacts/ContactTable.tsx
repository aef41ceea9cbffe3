import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import type { Records } from "../../api/resources.ts";
import { useText } from "../../i18n/use.ts";
import { MailLink } from "../../ui/MailLink.tsx";
import { PhoneLink } from "../../ui/PhoneLink.tsx";
import { RecordChip } from "../../ui/RecordChip.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";

type Contact = Records["contacts"];

/** At telephone width only the name and how to call. */
const WIDE = { display: { xs: "none", md: "table-cell" } };

export function ContactTable({ contacts }: { contacts: readonly Contact[] }) {
  const t = useText();
  return (
    <TableContainer>
      <Table aria-label={t("contacts.title")}>
        <TableHead>
          <TableRow>
            <TableCell>{t("contacts.fields.displayName")}</TableCell>
            <TableCell sx={WIDE}>{t("contacts.fields.company")}</TableCell>
            <TableCell sx={WIDE}>{t("contacts.fields.email")}</TableCell>
            <TableCell>{t("contacts.fields.phone")}</TableCell>
            <TableCell sx={WIDE}>{t("contacts.fields.lifecycleStage")}</TableCell>
            <TableCell sx={WIDE}>{t("contacts.fields.updateTime")}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {contacts.map((contact) => (
            <ContactRow key={contact.id} contact={contact} />
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function ContactRow({ contact }: { contact: Contact }) {
  const t = useText();
  const company = contact.companies.find((role) => role.primary) ?? contact.companies[0];
  const email = contact.emails.find((one) => one.primary) ?? contact.emails[0];
  const phone = contact.phones.find((one) => one.primary) ?? contact.phones[0];
  return (
    <TableRow hover>
      <TableCell component="th" scope="row">
        <RecordChip resource="contacts" id={contact.id} name={contact.displayName} />
      </TableCell>
      <TableCell sx={WIDE}>
        <bdi>{company?.companyName}</bdi>
      </TableCell>
      <TableCell sx={WIDE}>{email && <MailLink address={email.address} />}</TableCell>
      <TableCell>{phone && <PhoneLink number={phone.number} e164={phone.e164} />}</TableCell>
      <TableCell sx={WIDE}>{t(`contacts.stages.${contact.lifecycleStage}`)}</TableCell>
      <TableCell sx={WIDE}>
        {contact.audit?.updateTime && <RelativeTime value={contact.audit.updateTime} />}
      </TableCell>
    </TableRow>
  );
}
