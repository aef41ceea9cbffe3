// The customers that this device keeps for when there is no network.
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import { CloudOff } from "lucide-react";
import { useEffect, useState } from "react";
import type { Kept } from "../../offline/database.ts";
import { keptOf } from "../../offline/keep.ts";
import { MOST_DAYS, recordOf } from "../../offline/rules.ts";
import { useText } from "../../i18n/use.ts";
import { useSession } from "../../session/store.ts";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { PageSkeleton } from "../../ui/PageSkeleton.tsx";
import { RecordChip } from "../../ui/RecordChip.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";

export default function OfflinePage() {
  const t = useText();
  const kept = useKeptRecords();
  return (
    <>
      <PageHeader title={t("offline.title")} about={t("offline.about", { days: MOST_DAYS })} />
      {kept === undefined && <PageSkeleton />}
      {kept?.length === 0 && (
        <EmptyState icon={CloudOff} title={t("offline.empty.title")} body={t("offline.empty.body")} />
      )}
      {kept && kept.length > 0 && (
        <Card
          component="ul"
          aria-label={t("offline.title")}
          sx={{ m: 0, p: 2, listStyle: "none", maxWidth: 640 }}
        >
          {kept.map((one) => (
            <KeptRecord key={one.hash} kept={one} />
          ))}
        </Card>
      )}
    </>
  );
}

function useKeptRecords(): Kept[] | undefined {
  const session = useSession();
  const user = session.state === "signedIn" ? session.me.user?.id : undefined;
  const [kept, setKept] = useState<Kept[]>();
  useEffect(() => {
    let stale = false;
    void keptOf(user ?? "").then((all) => {
      if (!stale) setKept(all.filter(({ queryKey }) => recordOf(queryKey) !== undefined));
    });
    return () => {
      stale = true;
    };
  }, [user]);
  return kept;
}

function KeptRecord({ kept }: { kept: Kept }) {
  const [resource] = kept.queryKey;
  const { id, displayName, name } = kept.data as { id: string; displayName?: string; name?: string };
  return (
    <Stack component="li" direction="row" sx={{ gap: 3, px: 2, minHeight: 44, alignItems: "center" }}>
      <Stack sx={{ flex: 1, minWidth: 0, alignItems: "flex-start" }}>
        <RecordChip resource={String(resource)} id={id} name={displayName ?? name ?? id} />
      </Stack>
      <Stack sx={{ color: "text.secondary" }}>
        <RelativeTime value={kept.at} />
      </Stack>
    </Stack>
  );
}
