// The table of contacts.
import { Users } from "lucide-react";
import type { Records } from "../../api/resources.ts";
import { formatPartialDate } from "../../format/dates.ts";
import type { Column, Field, TableConfig } from "../../table/types.ts";
import { CreateButton } from "../../table/CreateButton.tsx";
import { Colleague, exactly, Name, Tags, Text, Times, Words } from "../../table/cells.tsx";
import { MailLink } from "../../ui/MailLink.tsx";
import { PhoneLink } from "../../ui/PhoneLink.tsx";
import { ContactFacts } from "./ContactFacts.tsx";

type Contact = Records["contacts"];

const STAGES = ["SUBSCRIBER", "LEAD", "OPPORTUNITY", "CUSTOMER", "ADVOCATE", "FORMER"] as const;

function main<T extends { primary: boolean }>(several: readonly T[]): T | undefined {
  return several.find((one) => one.primary) ?? several[0];
}

function Company({ contact }: { contact: Contact }) {
  const company = main(contact.companies);
  return company && <Name plain resource="companies" id={company.companyId} name={company.companyName} />;
}

const columns: readonly Column<Contact>[] = [
  {
    id: "name",
    label: "contacts.fields.displayName",
    width: 220,
    orderBy: "display_name",
    title: (contact) => contact.displayName,
    render: (contact) => <Name resource="contacts" id={contact.id} name={contact.displayName} />,
  },
  {
    id: "company",
    label: "contacts.fields.company",
    width: 170,
    title: (contact) => main(contact.companies)?.companyName,
    render: (contact) => <Company contact={contact} />,
  },
  {
    id: "email",
    label: "contacts.fields.email",
    width: 210,
    title: (contact) => contact.emails.map(({ address }) => address).join("\n"),
    render: ({ emails }) => {
      const email = main(emails);
      return email && <MailLink address={email.address} />;
    },
  },
  {
    id: "phone",
    label: "contacts.fields.phone",
    width: 150,
    title: (contact) => contact.phones.map(({ number }) => number).join("\n"),
    render: ({ phones }) => {
      const phone = main(phones);
      return phone && <PhoneLink number={phone.number} e164={phone.e164} />;
    },
  },
  {
    id: "stage",
    label: "contacts.fields.lifecycleStage",
    width: 120,
    render: (contact) => <Words of={`contacts.stages.${contact.lifecycleStage}`} />,
  },
  {
    id: "owner",
    label: "contacts.fields.ownerId",
    width: 160,
    render: ({ ownerId }) => ownerId && <Colleague id={ownerId} />,
  },
  {
    id: "tags",
    label: "contacts.fields.tags",
    width: 180,
    title: ({ tags }) => tags.join("\n"),
    render: ({ tags }) => <Tags tags={tags} />,
  },
  {
    id: "updated",
    label: "contacts.fields.updateTime",
    width: 130,
    orderBy: "update_time",
    title: ({ audit }) => exactly(audit?.updateTime),
    render: ({ audit }) => <Times value={audit?.updateTime} />,
  },
  {
    id: "created",
    label: "contacts.fields.createTime",
    width: 130,
    orderBy: "create_time",
    extra: true,
    title: ({ audit }) => exactly(audit?.createTime),
    render: ({ audit }) => <Times value={audit?.createTime} />,
  },
  {
    id: "familyName",
    label: "contacts.fields.familyName",
    width: 150,
    orderBy: "family_name",
    extra: true,
    title: ({ familyName }) => familyName,
    render: ({ familyName }) => <Text of={familyName} />,
  },
  {
    id: "jobTitle",
    label: "contacts.fields.jobTitle",
    width: 160,
    extra: true,
    title: ({ jobTitle }) => jobTitle,
    render: ({ jobTitle }) => <Text of={jobTitle} />,
  },
  {
    id: "source",
    label: "contacts.fields.source",
    width: 140,
    extra: true,
    title: ({ source }) => source,
    render: ({ source }) => <Text of={source} />,
  },
  {
    id: "birthday",
    label: "contacts.fields.birthday",
    width: 130,
    extra: true,
    render: ({ birthday }) => (birthday?.month ? formatPartialDate(birthday) : null),
  },
];

const fields: readonly Field[] = [
  { name: "display_name", label: "contacts.fields.displayName", kind: "text" },
  { name: "given_name", label: "contacts.fields.givenName", kind: "text" },
  { name: "family_name", label: "contacts.fields.familyName", kind: "text" },
  { name: "email", label: "contacts.fields.email", kind: "address" },
  { name: "phone", label: "contacts.fields.phone", kind: "address" },
  { name: "company_id", label: "contacts.fields.company", kind: "company" },
  {
    name: "lifecycle_stage",
    label: "contacts.fields.lifecycleStage",
    kind: "enum",
    values: STAGES.map((stage) => ({
      value: stage.toLowerCase(),
      label: `contacts.stages.LIFECYCLE_STAGE_${stage}`,
    })),
  },
  { name: "tags", label: "contacts.fields.tags", kind: "tag" },
  { name: "owner_id", label: "contacts.fields.ownerId", kind: "person" },
  { name: "team_id", label: "contacts.fields.teamId", kind: "team" },
  { name: "job_title", label: "contacts.fields.jobTitle", kind: "text" },
  { name: "source", label: "contacts.fields.source", kind: "text" },
  { name: "language", label: "contacts.fields.language", kind: "code" },
  { name: "time_zone", label: "contacts.fields.timeZone", kind: "code" },
  { name: "create_time", label: "contacts.fields.createTime", kind: "date" },
  { name: "update_time", label: "contacts.fields.updateTime", kind: "date" },
  { name: "custom", label: "table.custom", kind: "custom" },
];

export const contactTable: TableConfig<Contact> = {
  resource: "contacts",
  object: "contact",
  title: "contacts.title",
  count: "contacts.count",
  empty: { icon: Users, title: "contacts.empty.title", body: "contacts.empty.body" },
  nameOf: (contact) => contact.displayName,
  columns,
  fields,
  defaultOrder: "create_time desc",
  nameField: "display_name",
  card: (contact) => {
    const phone = main(contact.phones);
    const email = main(contact.emails);
    return {
      about: <Text of={main(contact.companies)?.companyName || contact.jobTitle} />,
      facts: [
        phone ? (
          <PhoneLink number={phone.number} e164={phone.e164} />
        ) : (
          email && <MailLink address={email.address} />
        ),
        <Words key="stage" of={`contacts.stages.${contact.lifecycleStage}`} />,
      ],
    };
  },
  panel: (contact) => <ContactFacts contact={contact} />,
  bulk: {
    update: "/v1/contacts:bulkUpdate",
    remove: "/v1/contacts:bulkDelete",
    restore: "/v1/contacts:bulkUndelete",
    stages: STAGES.map((stage) => ({
      value: `LIFECYCLE_STAGE_${stage}`,
      label: `contacts.stages.LIFECYCLE_STAGE_${stage}`,
    })),
  },
  exportPath: "/v1/contacts:export",
  action: <CreateButton resource="contacts" object="contact" text="contacts.new" />,
};
