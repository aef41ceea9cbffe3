// What a company consists of: its page, forms, conflicts and timeline come from this.
import Stack from "@mui/material/Stack";
import type { components } from "../../api/schema.d.ts";
import type { Row } from "../../api/changes.ts";
import { latinDigits } from "../../format/calendar.ts";
import { useText } from "../../i18n/use.ts";
import { CustomEditor } from "../../record/editors/more.tsx";
import { ColleagueEditor, CompanyEditor } from "../../record/editors/pickers.tsx";
import { AddressesEditor } from "../../record/editors/reach.tsx";
import { Input, Pick } from "../../record/editors/Rows.tsx";
import { NumberEditor, TagsEditor, TeamEditor, TextEditor } from "../../record/editors/simple.tsx";
import * as shows from "../../record/shows.tsx";
import { contactKind } from "../contacts/contactKind.tsx";
import type { EditorProps, Field, RecordKind } from "../../record/types.ts";

type Money = components["schemas"]["Money"];
const CURRENCIES = ["USD", "EUR", "GBP", "IRR", "AZN", "MYR", "TRY", "AED", "CNY"];

function MoneyEditor({ value, onChange, wrong, label, focused }: EditorProps<Money | undefined>) {
  const t = useText();
  const { currencyCode = "USD", units = "" } = value ?? {};
  const change = (part: Partial<Money>) => {
    const money = { currencyCode, units, nanos: 0, ...part } as Money;
    onChange(money.units ? money : undefined);
  };
  return (
    <Stack direction="row" sx={{ gap: 1.5 }}>
      <Input
        ltr
        type="numeric"
        value={String(units)}
        onChange={(typed) =>
          change({ units: latinDigits(typed).replace(/\D/g, "").slice(0, 18) } as Partial<Money>)
        }
        name={label}
        wrong={wrong("") ?? wrong(".units") ?? wrong(".currencyCode")}
        focused={focused}
      />
      <Stack sx={{ width: 100, flexShrink: 0 }}>
        <Pick
          value={currencyCode}
          onChange={(code) => change({ currencyCode: code })}
          name={t("companies.currency")}
          choices={CURRENCIES.map((code) => ({ value: code, name: code }))}
        />
      </Stack>
    </Stack>
  );
}

function field(name: string, Show: Field["Show"], Edit: Field["Edit"], large = false): Field {
  return { name, label: `companies.fields.${name}`, Show, Edit, large };
}

export const companyKind: RecordKind = {
  resource: "companies",
  object: "company",
  subjectType: "SUBJECT_TYPE_COMPANY",
  people: contactKind,
  nameOf: (record: Row) => String(record["name"] ?? ""),
  groups: [
    {
      title: "companies.groups.what",
      fields: [
        field("name", shows.TextShow, TextEditor),
        field("legalName", shows.TextShow, TextEditor),
        field("domains", shows.DomainsShow, TagsEditor, true),
        field("industry", shows.TextShow, TextEditor),
        field("employeeCount", shows.NumberShow, NumberEditor),
        field("annualRevenue", shows.MoneyShow, MoneyEditor, true),
        field("addresses", shows.AddressesShow, AddressesEditor, true),
        field("parentId", shows.CompanyShow, CompanyEditor),
      ],
    },
    {
      title: "companies.groups.work",
      fields: [
        field("ownerId", shows.OwnerShow, ColleagueEditor),
        field("teamId", shows.TeamShow, TeamEditor),
        field("tags", shows.TagsShow, TagsEditor, true),
      ],
    },
    { title: "companies.groups.custom", fields: [field("custom", shows.CustomShow, CustomEditor, true)] },
  ],
};

export const FIRST = ["name", "domains", "industry", "addresses"] as const;
