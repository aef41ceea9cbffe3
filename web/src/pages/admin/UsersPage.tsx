// Everybody who works here.
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import InputAdornment from "@mui/material/InputAdornment";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import { Search, UserPlus, Users } from "lucide-react";
import { ListBase, useListContext } from "ra-core";
import { useDeferredValue, useState } from "react";
import { quote } from "../../api/filters.ts";
import type { Records } from "../../api/resources.ts";
import { FailurePage } from "../../frame/FailurePage.tsx";
import { useText } from "../../i18n/use.ts";
import { useMay } from "../../session/rights.ts";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { KeysetPager } from "../../ui/KeysetPager.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { PageSkeleton } from "../../ui/PageSkeleton.tsx";
import { CreateUserDialog } from "./CreateUserDialog.tsx";
import { Tabs } from "./Tabs.tsx";
import { UserTable } from "./UserTable.tsx";

type Shown = "active" | "inactive" | "all";

/** Every word in the name, or the whole in the address. */
function filterOf(typed: string, shown: Shown): string {
  const words = typed.trim().split(/\s+/).filter(Boolean);
  const name = words.map((word) => `display_name : ${quote(word)}`).join(" AND ");
  return [
    words.length > 0 && `((${name}) OR email : ${quote(typed.trim())})`,
    shown !== "all" && `active = ${String(shown === "active")}`,
  ]
    .filter(Boolean)
    .join(" AND ");
}

export default function UsersPage() {
  const t = useText();
  const may = useMay();
  const [typed, setTyped] = useState("");
  const [shown, setShown] = useState<Shown>("active");
  const [creating, setCreating] = useState(false);
  const where = filterOf(useDeferredValue(typed), shown);
  return (
    <>
      <PageHeader
        title={t("admin.title")}
        about={t("admin.users.about")}
        action={
          may("user", "create") && (
            <Button
              variant="contained"
              startIcon={<UserPlus size={16} className="mirror" />}
              onClick={() => setCreating(true)}
            >
              {t("admin.users.create")}
            </Button>
          )
        }
      />
      <Tabs current="users" />
      <Stack direction="row" sx={{ gap: 3, mb: 3, flexWrap: "wrap" }}>
        <TextField
          type="search"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          placeholder={t("admin.users.search")}
          sx={{ flex: 1, minWidth: 200, maxWidth: 360 }}
          slotProps={{
            htmlInput: { "aria-label": t("admin.users.search"), dir: "auto" },
            input: {
              startAdornment: (
                <InputAdornment position="start">
                  <Search size={16} aria-hidden />
                </InputAdornment>
              ),
            },
          }}
        />
        <ToggleButtonGroup
          exclusive
          value={shown}
          onChange={(_, chosen: Shown | null) => chosen && setShown(chosen)}
          aria-label={t("admin.users.which")}
        >
          {(["active", "inactive", "all"] as const).map((one) => (
            <ToggleButton key={one} value={one}>
              {t(`admin.users.${one}`)}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </Stack>
      <ListBase<Records["users"]>
        resource="users"
        sort={{ field: "displayName", order: "ASC" }}
        filter={{ where }}
        perPage={50}
        disableSyncWithLocation
        storeKey={false}
      >
        <Content searched={typed !== ""} />
      </ListBase>
      {creating && <CreateUserDialog onClose={() => setCreating(false)} />}
    </>
  );
}

function Content({ searched }: { searched: boolean }) {
  const t = useText();
  const { data, error, isPending, refetch } = useListContext<Records["users"]>();
  if (isPending) return <PageSkeleton />;
  if (error && !data) return <FailurePage error={error} resetErrorBoundary={() => void refetch()} />;
  if (!data?.length)
    return (
      <EmptyState
        icon={Users}
        title={t("admin.users.none")}
        body={t(searched ? "admin.users.noneFound" : "admin.users.noneBody")}
      />
    );
  return (
    <Card>
      <UserTable users={data} />
      <KeysetPager />
    </Card>
  );
}
