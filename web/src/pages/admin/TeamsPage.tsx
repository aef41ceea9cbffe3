// Teams as a tree: who sees whose customers follows it.
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import { Plus, UsersRound } from "lucide-react";
import { useState } from "react";
import { FailurePage } from "../../frame/FailurePage.tsx";
import { useText } from "../../i18n/use.ts";
import { useMay } from "../../session/rights.ts";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { PageSkeleton } from "../../ui/PageSkeleton.tsx";
import { SidePanel } from "../../ui/SidePanel.tsx";
import { type Team, useEverybody, useTeams } from "./data.ts";
import { DeleteTeam } from "./DeleteTeam.tsx";
import { Members } from "./Members.tsx";
import { Tabs } from "./Tabs.tsx";
import { TeamDialog } from "./TeamDialog.tsx";
import { TeamTree } from "./TeamTree.tsx";

/** What is open over the tree. */
export type Open =
  { what: "create"; parentId: string } | { what: "edit" | "delete" | "members"; team: Team } | undefined;

export default function TeamsPage() {
  const t = useText();
  const may = useMay();
  const teams = useTeams();
  const people = useEverybody();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const create = may("team", "create") && (
    <Button
      variant="contained"
      startIcon={<Plus size={16} />}
      onClick={() => setOpen({ what: "create", parentId: "" })}
    >
      {t("admin.teams.create")}
    </Button>
  );
  // The team as it is now, however long the panel has been open.
  const shown = open && "team" in open ? teams.data?.find(({ id }) => id === open.team.id) : undefined;
  return (
    <>
      <PageHeader title={t("admin.tabs.teams")} about={t("admin.teams.about")} action={create} />
      <Tabs current="teams" />
      {teams.isPending && <PageSkeleton />}
      {teams.error && !teams.data && (
        <FailurePage error={teams.error} resetErrorBoundary={() => void teams.refetch()} />
      )}
      {teams.data?.length === 0 && (
        <EmptyState icon={UsersRound} title={t("admin.teams.none")} body={t("admin.teams.noneBody")} />
      )}
      {teams.data && teams.data.length > 0 && (
        <Card sx={{ maxWidth: 860 }}>
          <TeamTree teams={teams.data} people={people.data ?? []} onOpen={setOpen} />
        </Card>
      )}
      {open?.what === "create" && (
        <TeamDialog teams={teams.data ?? []} parentId={open.parentId} onClose={close} />
      )}
      {open?.what === "edit" && shown && (
        <TeamDialog teams={teams.data ?? []} team={shown} parentId={shown.parentId} onClose={close} />
      )}
      {open?.what === "delete" && shown && (
        <DeleteTeam teams={teams.data ?? []} team={shown} people={people.data ?? []} onClose={close} />
      )}
      <SidePanel open={open?.what === "members"} title={shown?.name ?? ""} onClose={close}>
        {shown && <Members team={shown} people={people.data ?? []} />}
      </SidePanel>
    </>
  );
}
