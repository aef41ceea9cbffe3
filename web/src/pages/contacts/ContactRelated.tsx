import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { Row } from "../../api/changes.ts";
import type { Records } from "../../api/resources.ts";
import { formatCount } from "../../format/numbers.ts";
import { useText } from "../../i18n/use.ts";
import { RelatedCard } from "../../record/RelatedCard.tsx";
import { RecordChip } from "../../ui/RecordChip.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { useGetList } from "ra-core";
import { CandidateList, useDuplicates } from "./Duplicates.tsx";

type Contact = Records["contacts"];

/** Companies, and people who may be the same. */
export function ContactRelated({ contact }: { contact: Contact }) {
  const t = useText();
  const duplicates = useDuplicates(contact as unknown as Row, contact.id).filter(
    (one) => one.certain || isNamed(one.contact, contact),
  );
  const { audit } = contact;
  return (
    <>
      <RelatedCard
        title={t("companies.title")}
        count={contact.companies.length}
        empty={t("contacts.noCompany")}
      >
        <Stack sx={{ gap: 3 }}>
          {contact.companies.map((role) => (
            <CompanyLine key={role.companyId} id={role.companyId} name={role.companyName} role={role.role} />
          ))}
        </Stack>
      </RelatedCard>
      {duplicates.length > 0 && (
        <RelatedCard title={t("contacts.duplicates.card")} count={duplicates.length} empty="">
          <CandidateList candidates={duplicates} />
        </RelatedCard>
      )}
      <Typography variant="caption" color="textSecondary" component="div" sx={{ px: 4 }}>
        {audit?.createTime && (
          <div>
            {t("contacts.fields.createTime")} <RelativeTime value={audit.createTime} />
          </div>
        )}
        {audit?.updateTime && (
          <div>
            {t("contacts.fields.updateTime")} <RelativeTime value={audit.updateTime} />
          </div>
        )}
      </Typography>
    </>
  );
}

function isNamed(one: Contact, other: Contact): boolean {
  return one.displayName.toLocaleLowerCase() === other.displayName.toLocaleLowerCase();
}

function CompanyLine({ id, name, role }: { id: string; name: string; role: string }) {
  const t = useText();
  const { data, meta } = useGetList("contacts", {
    filter: { companyId: id },
    pagination: { page: 1, perPage: 1 },
  });
  const { total, capped } = (meta ?? {}) as { total?: number; capped?: boolean };
  return (
    <div>
      <RecordChip resource="companies" id={id} name={name} />
      <Typography variant="caption" color="textSecondary" component="div">
        {role && <bdi>{role}</bdi>}
        {role && data && " · "}
        {data &&
          total !== undefined &&
          t("contacts.count", { count: total, shown: formatCount(total, capped) })}
      </Typography>
    </div>
  );
}
