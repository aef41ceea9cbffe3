// One user: who they are, whether they can sign in, and what they may do.
import Card from "@mui/material/Card";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useGetOne } from "ra-core";
import { useState } from "react";
import { useParams } from "react-router";
import type { Records } from "../../api/resources.ts";
import { FailurePage } from "../../frame/FailurePage.tsx";
import { useText } from "../../i18n/use.ts";
import { FactList } from "../../ui/FactList.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { PageSkeleton } from "../../ui/PageSkeleton.tsx";
import { PersonAvatar } from "../../ui/PersonAvatar.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import type { User } from "./data.ts";
import { EffectiveRights } from "./EffectiveRights.tsx";
import { EditUser } from "./EditUser.tsx";
import { LockedAlert } from "./LockedAlert.tsx";
import { StateChip } from "./StateChip.tsx";
import { stateOf } from "./state.ts";
import { UserActions } from "./UserActions.tsx";

export default function UserPage() {
  const { id = "" } = useParams();
  const { data: user, error, isPending, refetch } = useGetOne<Records["users"]>("users", { id });
  if (isPending) return <PageSkeleton />;
  if (!user) return <FailurePage error={error} resetErrorBoundary={() => void refetch()} />;
  return <Loaded key={user.id} user={user} onChanged={() => void refetch()} />;
}

function Loaded({ user, onChanged }: { user: User; onChanged: () => void }) {
  const t = useText();
  const [now] = useState(() => Date.now());
  const state = stateOf(user, now);
  return (
    <>
      <PageHeader
        title={user.displayName}
        about={<StateChip state={state} />}
        leading={<PersonAvatar name={user.displayName} size={40} />}
        extra={<UserActions user={user} onChanged={onChanged} />}
      />
      {state === "locked" && user.lockExpireTime && (
        <LockedAlert user={user} until={user.lockExpireTime} onChanged={onChanged} />
      )}
      <Box
        sx={{
          display: "grid",
          gap: 4,
          alignItems: "start",
          gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "minmax(0, 380px) minmax(0, 1fr)" },
        }}
      >
        <Box sx={{ display: "grid", gap: 4 }}>
          <Card component="section" sx={{ p: 4 }}>
            {/* A change by somebody else begins the form anew. */}
            <EditUser key={user.etag} user={user} onChanged={onChanged} />
          </Card>
          <Card sx={{ p: 4 }}>
            <FactList
              title={t("admin.users.access")}
              facts={[
                {
                  name: t("admin.fields.lastSignIn"),
                  value: user.lastSignInTime ? (
                    <RelativeTime value={user.lastSignInTime} />
                  ) : (
                    t("admin.users.never")
                  ),
                },
                {
                  name: t("admin.fields.password"),
                  value: t(user.passwordTemporary ? "admin.users.temporary" : "admin.users.own"),
                },
                {
                  name: t("admin.fields.created"),
                  value: user.audit?.createTime && <RelativeTime value={user.audit.createTime} />,
                },
              ]}
            />
          </Card>
        </Box>
        <Box component="section" sx={{ minWidth: 0 }}>
          <Typography variant="h2">{t("admin.effective.title")}</Typography>
          <Typography color="textSecondary" sx={{ mb: 3 }}>
            {t(user.active ? "admin.effective.about" : "admin.effective.inactive")}
          </Typography>
          <EffectiveRights user={user} />
        </Box>
      </Box>
    </>
  );
}
