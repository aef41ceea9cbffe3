import Stack from "@mui/material/Stack";
import { useGetManyAggregate } from "ra-core";
import type { Import } from "../../api/imports.ts";
import type { Records } from "../../api/resources.ts";
import { useText } from "../../i18n/use.ts";
import { useSession } from "../../session/store.ts";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { ImportState } from "./ImportState.tsx";

/** State, who and when, in a line. */
export function ImportAbout({ found }: { found: Import }) {
  return (
    <Stack direction="row" sx={{ columnGap: 4, flexWrap: "wrap", alignItems: "center" }}>
      <ImportState found={found} />
      <ImportedBy userId={found.createdBy} />
      {found.createTime && <RelativeTime value={found.createTime} />}
    </Stack>
  );
}

/** Who asked for it: "you", or a colleague by name. */
export function ImportedBy({ userId }: { userId: string }) {
  const t = useText();
  const session = useSession();
  const mine = session.state === "signedIn" && session.me.user?.id === userId;
  const { data } = useGetManyAggregate<Records["colleagues"]>(
    "colleagues",
    { ids: [userId] },
    { enabled: !mine },
  );
  return mine ? t("imports.you") : <bdi>{data?.[0]?.displayName ?? t("imports.colleague")}</bdi>;
}
