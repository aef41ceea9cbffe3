// Conditions as people say them.
import { Fragment } from "react";
import { formatDate } from "../../format/dates.ts";
import { localDigits } from "../../format/numbers.ts";
import { useText } from "../../i18n/use.ts";
import { ColleagueName } from "../../ui/ColleagueName.tsx";
import { RichText } from "../../ui/RichText.tsx";
import { useTeamName } from "../../ui/useTeamName.ts";
import type { Field, FieldKind } from "../types.ts";
import { useCompany } from "./CompanyValue.tsx";
import { type Condition, fieldOf, type Group, needsValue, type OperatorName } from "./conditions.ts";

/** "Stage is Customer", "Source is web or Source is fair" */
export function Sentence({ fields, item }: { fields: readonly Field[]; item: Condition | Group }) {
  const t = useText();
  if (item.kind === "condition") return <One fields={fields} condition={item} />;
  return item.items.map((one, at) => (
    <Fragment key={at}>
      {at > 0 && ` ${t(`table.filter.words.${item.join}`)} `}
      <One fields={fields} condition={one} />
    </Fragment>
  ));
}

function One({ fields, condition }: { fields: readonly Field[]; condition: Condition }) {
  const t = useText();
  const field = fieldOf(fields, condition.field);
  if (!field) return condition.field;
  const name = field.kind === "custom" ? condition.field.split(".")[1] : t(field.label);
  const value = needsValue(condition.operator) && (
    <b>
      <ValueWords field={field} value={condition.value} />
    </b>
  );
  return (
    <RichText text={sentenceKey(field, condition.operator)} values={{ field: <bdi>{name}</bdi>, value }} />
  );
}

/** What days and tags say in words of their own; all else as of any field. */
const OWN_WORDS: Partial<Record<FieldKind, readonly OperatorName[]>> = {
  date: ["is", "isNot", "less", "most", "more", "least"],
  tag: ["contains", "containsNot", "known", "unknown"],
};

export function sentenceKey(field: Field, operator: OperatorName): string {
  const kind = OWN_WORDS[field.kind]?.includes(operator) ? field.kind : "any";
  return `table.sentence.${kind}.${operator}`;
}

function ValueWords({ field, value }: { field: Field; value: string }) {
  const t = useText();
  if (field.kind === "person") return <ColleagueName id={value} />;
  if (field.kind === "team") return <TeamWords id={value} />;
  if (field.kind === "company") return <CompanyWords id={value} />;
  const choice = field.values?.find((one) => one.value === value);
  if (choice) return t(choice.label);
  if (field.kind === "date" && /^(1[89]|20|21)\d\d-\d\d-\d\d$/.test(value))
    return formatDate(`${value}T12:00:00Z`);
  if (field.kind === "date" || field.kind === "number") return localDigits(value);
  return <bdi>{value}</bdi>;
}

function TeamWords({ id }: { id: string }) {
  return <bdi>{useTeamName(id) ?? id}</bdi>;
}

function CompanyWords({ id }: { id: string }) {
  return <bdi>{useCompany(id)?.name ?? id}</bdi>;
}
