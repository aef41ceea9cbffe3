import Stack from "@mui/material/Stack";
import type { ReactNode } from "react";
import type { Records } from "../../api/resources.ts";
import { formatPartialDate } from "../../format/dates.ts";
import { useText } from "../../i18n/use.ts";
import { FactList } from "../../ui/FactList.tsx";
import { MailLink } from "../../ui/MailLink.tsx";
import { PhoneLink } from "../../ui/PhoneLink.tsx";
import { RecordChip } from "../../ui/RecordChip.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { TagList } from "../../ui/TagList.tsx";

type Contact = Records["contacts"];

export function ContactFacts({ contact }: { contact: Contact }) {
  const t = useText();
  const { emails, phones, companies, tags, audit, birthday } = contact;
  return (
    <>
      <FactList
        title={t("contacts.groups.reach")}
        facts={[
          {
            name: t("contacts.fields.email"),
            value: lines(emails.map((one) => <MailLink key={one.address} address={one.address} />)),
          },
          {
            name: t("contacts.fields.phone"),
            value: lines(
              phones.map((one) => <PhoneLink key={one.number} number={one.number} e164={one.e164} />),
            ),
          },
        ]}
      />
      <FactList
        title={t("contacts.groups.who")}
        facts={[
          {
            name: t("contacts.fields.company"),
            value: lines(
              companies.map((role) => (
                <RecordChip
                  key={role.companyId}
                  plain
                  resource="companies"
                  id={role.companyId}
                  name={role.companyName}
                />
              )),
            ),
          },
          {
            name: t("contacts.fields.lifecycleStage"),
            value: t(`contacts.stages.${contact.lifecycleStage}`),
          },
          { name: t("contacts.fields.birthday"), value: birthday?.month ? formatPartialDate(birthday) : "" },
          { name: t("contacts.fields.tags"), value: tags.length > 0 && <TagList tags={tags} /> },
          { name: t("contacts.fields.source"), value: contact.source && <bdi>{contact.source}</bdi> },
          {
            name: t("contacts.fields.createTime"),
            value: audit?.createTime && <RelativeTime value={audit.createTime} />,
          },
          {
            name: t("contacts.fields.updateTime"),
            value: audit?.updateTime && <RelativeTime value={audit.updateTime} />,
          },
        ]}
      />
    </>
  );
}

function lines(values: ReactNode[]): ReactNode {
  return values.length > 0 && <Stack sx={{ alignItems: "flex-start", gap: 1 }}>{values}</Stack>;
}
