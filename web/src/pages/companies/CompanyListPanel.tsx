import type { Records } from "../../api/resources.ts";
import { formatMoney, formatNumber } from "../../format/numbers.ts";
import { useText } from "../../i18n/use.ts";
import { ColleagueName } from "../../ui/ColleagueName.tsx";
import { FactList } from "../../ui/FactList.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { TagList } from "../../ui/TagList.tsx";

/** What is known of a company, at the side of the table. */
export function CompanyPanel({ company }: { company: Records["companies"] }) {
  const t = useText();
  const { legalName, domains, industry, employeeCount, annualRevenue, ownerId, tags, audit } = company;
  return (
    <FactList
      title={t("companies.facts")}
      facts={[
        { name: t("companies.fields.legalName"), value: legalName && <bdi>{legalName}</bdi> },
        {
          name: t("companies.fields.domains"),
          value: domains.length > 0 && <span dir="ltr">{domains.join(", ")}</span>,
        },
        { name: t("companies.fields.industry"), value: industry && <bdi>{industry}</bdi> },
        {
          name: t("companies.fields.employeeCount"),
          value: employeeCount > 0 && formatNumber(employeeCount),
        },
        {
          name: t("companies.fields.annualRevenue"),
          value: annualRevenue?.currencyCode && <bdi>{formatMoney(annualRevenue)}</bdi>,
        },
        { name: t("companies.fields.ownerId"), value: ownerId && <ColleagueName id={ownerId} /> },
        { name: t("companies.fields.tags"), value: tags.length > 0 && <TagList tags={tags} /> },
        {
          name: t("companies.fields.updateTime"),
          value: audit?.updateTime && <RelativeTime value={audit.updateTime} />,
        },
      ]}
    />
  );
}
