import Card from "@mui/material/Card";
import { ListBase, useListContext } from "ra-core";
import { Users } from "lucide-react";
import type { ListMeta } from "../../api/dataProvider.ts";
import type { Records } from "../../api/resources.ts";
import { formatCount } from "../../format/numbers.ts";
import { FailurePage } from "../../frame/FailurePage.tsx";
import { useText } from "../../i18n/use.ts";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { KeysetPager } from "../../ui/KeysetPager.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { PageSkeleton } from "../../ui/PageSkeleton.tsx";
import { ContactTable } from "./ContactTable.tsx";

/** All contacts the person may see, the newest first. */
export default function ContactList() {
  return (
    <ListBase<Records["contacts"]>
      resource="contacts"
      sort={{ field: "createTime", order: "DESC" }}
      perPage={50}
    >
      <Content />
    </ListBase>
  );
}

function Content() {
  const t = useText();
  const { data, error, isPending, refetch, meta } = useListContext<Records["contacts"]>();
  const { total, capped } = (meta ?? {}) as ListMeta;
  return (
    <>
      <PageHeader
        title={t("contacts.title")}
        about={
          total !== undefined && t("contacts.count", { count: total, shown: formatCount(total, capped) })
        }
      />
      {isPending && <PageSkeleton />}
      {error && !data && <FailurePage error={error} resetErrorBoundary={() => void refetch()} />}
      {data?.length === 0 && (
        <EmptyState icon={Users} title={t("contacts.empty.title")} body={t("contacts.empty.body")} />
      )}
      {data && data.length > 0 && (
        <Card>
          <ContactTable contacts={data} />
          <KeysetPager />
        </Card>
      )}
    </>
  );
}
