import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import { FileUp } from "lucide-react";
import { ListBase, useListContext } from "ra-core";
import { useEffect } from "react";
import { Link } from "react-router";
import { onChange } from "../../api/live.ts";
import type { Records } from "../../api/resources.ts";
import { FailurePage } from "../../frame/FailurePage.tsx";
import { useText } from "../../i18n/use.ts";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { KeysetPager } from "../../ui/KeysetPager.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { PageSkeleton } from "../../ui/PageSkeleton.tsx";
import { ImportTable } from "./ImportTable.tsx";
import { isRunning, WATCH_EVERY } from "./state.ts";

/** Past and running imports, the newest first; one's own, and those of others as far as the right reaches. */
export default function ImportList() {
  return (
    <ListBase<Records["imports"]>
      resource="imports"
      // The server's own order.
      sort={{ field: "", order: "DESC" }}
      perPage={25}
      queryOptions={{
        refetchInterval: ({ state }) => (state.data?.data.some(isRunning) ? 2 * WATCH_EVERY : false),
      }}
    >
      <Content />
    </ListBase>
  );
}

function Content() {
  const t = useText();
  const { data, error, isPending, refetch } = useListContext<Records["imports"]>();
  // One that was started in another window, or by a colleague, is not among those that are watched.
  useEffect(() => onChange("import", undefined, () => void refetch()), [refetch]);
  const begin = (
    <Button variant="contained" component={Link} to="/imports/create" startIcon={<FileUp size={16} />}>
      {t("imports.begin")}
    </Button>
  );
  const empty = data?.length === 0;
  return (
    <>
      <PageHeader title={t("imports.title")} action={!empty && begin} />
      {isPending && <PageSkeleton />}
      {error && !data && <FailurePage error={error} resetErrorBoundary={() => void refetch()} />}
      {empty && (
        <EmptyState
          icon={FileUp}
          title={t("imports.empty.title")}
          body={t("imports.empty.body")}
          action={begin}
        />
      )}
      {data && !empty && (
        <Card>
          <ImportTable imports={data} />
          <KeysetPager />
        </Card>
      )}
    </>
  );
}
