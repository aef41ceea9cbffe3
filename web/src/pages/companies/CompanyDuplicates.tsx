// Companies that may be the one that is being written down.
import { useQuery } from "@tanstack/react-query";
import type { Row } from "../../api/changes.ts";
import { findDuplicateCompanies } from "../../api/companies.ts";
import type { Records } from "../../api/resources.ts";
import { useText } from "../../i18n/use.ts";
import { CandidateRow, CandidateRows, Candidates } from "../../record/CandidateRow.tsx";
import { useDebounced } from "../../ui/useDebounced.ts";
import { hostOf } from "./hostOf.ts";

type Company = Records["companies"];

/** What a form holds, for finding others like it. Domains only once they may be whole. */
function traits(record: Row): { name: string; domains: string[] } {
  const { name = "", domains = [] } = record as Partial<Company>;
  // A site is often kept without the www. with which its address was pasted.
  const hosts = domains.map(hostOf).flatMap((host) => [host, host.replace(/^www\./, "")]);
  return { name: name.trim(), domains: [...new Set(hosts)].filter(Boolean).slice(0, 20) };
}

export function CompanyDuplicates({ record }: { record: Row }) {
  const t = useText();
  const wanted = useDebounced(JSON.stringify(traits(record)), 350);
  const asked = JSON.parse(wanted) as ReturnType<typeof traits>;
  const enabled = asked.name.length > 2 || asked.domains.length > 0;
  const { data = [] } = useQuery({
    queryKey: ["companies", "duplicates", wanted],
    queryFn: ({ signal }) => findDuplicateCompanies(asked, signal),
    enabled,
    placeholderData: (before) => before,
  });
  const found = enabled ? data : [];
  return (
    <Candidates title={found.length ? t("companies.duplicates.title", { count: found.length }) : ""}>
      <CandidateRows>
        {found.map(({ company, certain }) => (
          <CandidateRow
            key={company.id}
            resource="companies"
            id={company.id}
            name={company.name}
            why={t(certain ? "companies.duplicates.same" : "companies.duplicates.alike")}
          >
            {company.domains[0] && <span dir="ltr">{company.domains[0]}</span>}
            {company.industry && <bdi>{company.industry}</bdi>}
          </CandidateRow>
        ))}
      </CandidateRows>
    </Candidates>
  );
}
