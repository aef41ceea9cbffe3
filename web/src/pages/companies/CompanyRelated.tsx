import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useInfiniteGetList } from "ra-core";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { ListMeta } from "../../api/dataProvider.ts";
import type { Records } from "../../api/resources.ts";
import { useText } from "../../i18n/use.ts";
import { RelatedCard } from "../../record/RelatedCard.tsx";
import { CompanyShow } from "../../record/shows.tsx";
import { useMay } from "../../session/rights.ts";
import { RecordChip } from "../../ui/RecordChip.tsx";
import { ContactDialog } from "../contacts/ContactDialog.tsx";

type Company = Records["companies"];
const PAGE = 10;

/** The people of a company, its parent and its children. */
export function CompanyRelated({ company }: { company: Company }) {
  const t = useText();
  return (
    <>
      <People company={company} />
      {company.parentId && (
        <RelatedCard title={t("companies.parent")} empty="">
          <CompanyShow value={company.parentId} />
        </RelatedCard>
      )}
      <Children id={company.id} />
    </>
  );
}

function People({ company }: { company: Company }) {
  const t = useText();
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteGetList<Records["contacts"]>(
    "contacts",
    {
      filter: { companyId: company.id },
      sort: { field: "displayName", order: "ASC" },
      pagination: { page: 1, perPage: PAGE },
    },
  );
  const people = data?.pages.flatMap((page) => page.data);
  const { total, capped } = (data?.pages[0]?.meta ?? {}) as ListMeta;
  return (
    <RelatedCard
      title={t("companies.people")}
      count={total ?? people?.length}
      capped={capped ?? false}
      empty={t("companies.noPeople")}
      action={
        may("contact", "create") && (
          <Button size="small" startIcon={<Plus size={14} />} onClick={() => setAdding(true)}>
            {t("companies.addPerson")}
          </Button>
        )
      }
    >
      <Stack sx={{ gap: 3 }}>
        {people?.map((person) => {
          const role = person.companies.find((one) => one.companyId === company.id)?.role || person.jobTitle;
          return (
            <div key={person.id}>
              <RecordChip resource="contacts" id={person.id} name={person.displayName} />
              {role && (
                <Typography
                  variant="caption"
                  color="textSecondary"
                  component="div"
                  sx={{ marginInlineStart: 8 }}
                >
                  <bdi>{role}</bdi>
                </Typography>
              )}
            </div>
          );
        })}
        {hasNextPage && (
          <Button
            variant="outlined"
            size="small"
            loading={isFetchingNextPage}
            onClick={() => void fetchNextPage()}
          >
            {t("companies.morePeople")}
          </Button>
        )}
      </Stack>
      {adding && (
        <ContactDialog
          draftKey={`contacts.new.${company.id}`}
          initial={{
            companies: [{ companyId: company.id, companyName: company.name, role: "", primary: true }],
          }}
          onClose={() => setAdding(false)}
        />
      )}
    </RelatedCard>
  );
}

function Children({ id }: { id: string }) {
  const t = useText();
  const { data, hasNextPage, fetchNextPage } = useInfiniteGetList<Company>("companies", {
    filter: { parentId: id },
    sort: { field: "name", order: "ASC" },
    pagination: { page: 1, perPage: PAGE },
  });
  const children = data?.pages.flatMap((page) => page.data) ?? [];
  if (!children.length) return null;
  const { total, capped } = (data?.pages[0]?.meta ?? {}) as ListMeta;
  return (
    <RelatedCard
      title={t("companies.children")}
      count={total ?? children.length}
      capped={capped ?? false}
      empty=""
    >
      <Stack sx={{ gap: 2, alignItems: "flex-start" }}>
        {children.map((child) => (
          <RecordChip key={child.id} plain resource="companies" id={child.id} name={child.name} />
        ))}
        {hasNextPage && (
          <Button variant="outlined" size="small" onClick={() => void fetchNextPage()}>
            {t("companies.morePeople")}
          </Button>
        )}
      </Stack>
    </RelatedCard>
  );
}
