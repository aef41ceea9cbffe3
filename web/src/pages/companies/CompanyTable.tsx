// The table of companies.
import { Building2 } from "lucide-react";
import type { Records } from "../../api/resources.ts";
import { formatMoney, formatNumber } from "../../format/numbers.ts";
import { CreateButton } from "../../table/CreateButton.tsx";
import { Colleague, exactly, Name, Tags, Text, Times } from "../../table/cells.tsx";
import type { Column, Field, TableConfig } from "../../table/types.ts";
import { CompanyPanel } from "./CompanyListPanel.tsx";

type Company = Records["companies"];

const columns: readonly Column<Company>[] = [
  {
    id: "name",
    label: "companies.fields.name",
    width: 260,
    orderBy: "name",
    title: ({ name }) => name,
    render: ({ id, name }) => <Name resource="companies" id={id} name={name} />,
  },
  {
    id: "domain",
    label: "companies.fields.domains",
    width: 190,
    title: ({ domains }) => domains.join("\n"),
    render: ({ domains }) => <span dir="ltr">{domains[0]}</span>,
  },
  {
    id: "industry",
    label: "companies.fields.industry",
    width: 160,
    title: ({ industry }) => industry,
    render: ({ industry }) => <Text of={industry} />,
  },
  {
    id: "employees",
    label: "companies.fields.employeeCount",
    width: 120,
    render: ({ employeeCount }) => (employeeCount ? formatNumber(employeeCount) : null),
  },
  {
    id: "owner",
    label: "companies.fields.ownerId",
    width: 160,
    render: ({ ownerId }) => ownerId && <Colleague id={ownerId} />,
  },
  {
    id: "tags",
    label: "companies.fields.tags",
    width: 180,
    title: ({ tags }) => tags.join("\n"),
    render: ({ tags }) => <Tags tags={tags} />,
  },
  {
    id: "updated",
    label: "companies.fields.updateTime",
    width: 130,
    orderBy: "update_time",
    title: ({ audit }) => exactly(audit?.updateTime),
    render: ({ audit }) => <Times value={audit?.updateTime} />,
  },
  {
    id: "created",
    label: "companies.fields.createTime",
    width: 130,
    orderBy: "create_time",
    extra: true,
    title: ({ audit }) => exactly(audit?.createTime),
    render: ({ audit }) => <Times value={audit?.createTime} />,
  },
  {
    id: "revenue",
    label: "companies.fields.annualRevenue",
    width: 150,
    extra: true,
    render: ({ annualRevenue }) => annualRevenue?.currencyCode && <bdi>{formatMoney(annualRevenue)}</bdi>,
  },
];

const fields: readonly Field[] = [
  { name: "name", label: "companies.fields.name", kind: "text" },
  { name: "domain", label: "companies.fields.domains", kind: "tag" },
  { name: "industry", label: "companies.fields.industry", kind: "text" },
  { name: "employee_count", label: "companies.fields.employeeCount", kind: "number" },
  { name: "parent_id", label: "companies.fields.parentId", kind: "company" },
  { name: "tags", label: "companies.fields.tags", kind: "tag" },
  { name: "owner_id", label: "companies.fields.ownerId", kind: "person" },
  { name: "team_id", label: "companies.fields.teamId", kind: "team" },
  { name: "create_time", label: "companies.fields.createTime", kind: "date" },
  { name: "update_time", label: "companies.fields.updateTime", kind: "date" },
  { name: "custom", label: "table.custom", kind: "custom" },
];

export const companyTable: TableConfig<Company> = {
  resource: "companies",
  object: "company",
  title: "companies.title",
  count: "companies.count",
  empty: { icon: Building2, title: "companies.empty.title", body: "companies.empty.body" },
  nameOf: ({ name }) => name,
  columns,
  fields,
  defaultOrder: "create_time desc",
  nameField: "name",
  card: ({ industry, domains, employeeCount }) => ({
    about: <Text of={industry} />,
    facts: [
      <span key="domain" dir="ltr">
        {domains[0]}
      </span>,
      employeeCount ? formatNumber(employeeCount) : null,
    ],
  }),
  panel: (company) => <CompanyPanel company={company} />,
  bulk: {
    update: "/v1/companies:bulkUpdate",
    remove: "/v1/companies:bulkDelete",
    restore: "/v1/companies:bulkUndelete",
  },
  exportPath: "/v1/companies:export",
  action: <CreateButton resource="companies" object="company" text="companies.new" />,
};
