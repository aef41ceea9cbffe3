// What each role may do: all changes are collected and saved at once.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import Typography from "@mui/material/Typography";
import useMediaQuery from "@mui/material/useMediaQuery";
import { useTheme } from "@mui/material/styles";
import { useQueryClient } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import { useNotify } from "ra-core";
import { useState } from "react";
import { call, newId } from "../../api/client.ts";
import { FailurePage } from "../../frame/FailurePage.tsx";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { useMay } from "../../session/rights.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { PageSkeleton } from "../../ui/PageSkeleton.tsx";
import { type RightObject, type Role, ROLE_IDS, useRightObjects, useRoles } from "./data.ts";
import { type Cells, cellKey, cellsOf, changedCells, rightsOf, type Scope, scopeIn } from "./matrix.ts";
import { Matrix } from "./Matrix.tsx";
import { actionName, objectName, roleName } from "./names.ts";
import { ScopeSelect } from "./ScopeSelect.tsx";
import { Tabs } from "./Tabs.tsx";

const FIXED = "administrator";
type Drafts = Readonly<Record<string, Cells>>;

export default function RolesPage() {
  const t = useText();
  const roles = useRoles();
  const objects = useRightObjects();
  const error = roles.error ?? objects.error;
  return (
    <>
      <PageHeader title={t("admin.tabs.roles")} about={t("admin.matrix.about")} />
      <Tabs current="roles" />
      {(roles.isPending || objects.isPending) && !error && <PageSkeleton />}
      {error && (
        <FailurePage
          error={error}
          resetErrorBoundary={() => void Promise.all([roles.refetch(), objects.refetch()])}
        />
      )}
      {roles.data && objects.data && <Editor roles={roles.data} objects={objects.data} />}
    </>
  );
}

function Editor({ roles, objects }: { roles: readonly Role[]; objects: readonly RightObject[] }) {
  const t = useText();
  const mayChange = useMay()("role", "administer");
  const [shown, setShown] = useState<string>("manager");
  const [drafts, setDrafts] = useState<Drafts>({});
  const role = roles.find(({ id }) => id === shown);
  if (!role) return null;
  const cells = drafts[shown] ?? cellsOf(role.rights);
  const changed = new Set(changedCells(role, drafts[shown]));
  const set = (object: string, action: string, scope: Scope) =>
    setDrafts({ ...drafts, [shown]: { ...cells, [cellKey(object, action)]: scope } });
  const marked = new Set(
    roles.filter((one) => changedCells(one, drafts[one.id]).length > 0).map(({ id }) => id),
  );
  const count = roles.reduce((sum, one) => sum + changedCells(one, drafts[one.id]).length, 0);
  const fixed = shown === FIXED;
  return (
    <>
      <RoleSwitch value={shown} marked={marked} onChange={setShown} />
      <Typography color="textSecondary" sx={{ mb: 3 }}>
        {t(`admin.roleAbout.${shown}`, { _: "" })}
      </Typography>
      {fixed && (
        <Alert severity="info" icon={<Lock size={16} />} sx={{ mb: 3 }}>
          {t("admin.matrix.fixed")}
        </Alert>
      )}
      <Matrix
        label={t("admin.matrix.label", { role: roleName(t, shown) })}
        objects={objects}
        cell={(object, action) => (
          <ScopeSelect
            label={t("admin.matrix.cell", { object: objectName(t, object), action: actionName(t, action) })}
            scope={scopeIn(cells, object, action)}
            changed={changed.has(cellKey(object, action))}
            disabled={fixed || !mayChange}
            onChange={(scope) => set(object, action, scope)}
          />
        )}
      />
      {count > 0 && <SaveBar count={count} roles={roles} drafts={drafts} onDrafts={setDrafts} />}
    </>
  );
}

interface SwitchProps {
  value: string;
  /** Roles with changes that are not saved. */
  marked: ReadonlySet<string>;
  onChange: (role: string) => void;
}

function RoleSwitch({ value, marked, onChange }: SwitchProps) {
  const t = useText();
  const theme = useTheme();
  const narrow = useMediaQuery(theme.breakpoints.down("md"));
  const name = (id: string) =>
    marked.has(id) ? t("admin.matrix.changedRole", { role: roleName(t, id) }) : roleName(t, id);
  if (narrow) {
    return (
      <TextField
        select
        fullWidth
        label={t("admin.matrix.role")}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        sx={{ mb: 2 }}
      >
        {ROLE_IDS.map((id) => (
          <MenuItem key={id} value={id}>
            {name(id)}
          </MenuItem>
        ))}
      </TextField>
    );
  }
  return (
    <ToggleButtonGroup
      exclusive
      value={value}
      onChange={(_, chosen: string | null) => chosen && onChange(chosen)}
      aria-label={t("admin.matrix.role")}
      sx={{ mb: 3, flexWrap: "wrap" }}
    >
      {ROLE_IDS.map((id) => (
        <ToggleButton key={id} value={id}>
          {name(id)}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}

interface SaveProps {
  count: number;
  roles: readonly Role[];
  drafts: Drafts;
  onDrafts: (drafts: Drafts) => void;
}

function SaveBar({ count, roles, drafts, onDrafts }: SaveProps) {
  const t = useText();
  const { tokens } = useTheme();
  const notify = useNotify();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    const left: Record<string, Cells> = { ...drafts };
    try {
      for (const role of roles.filter((one) => changedCells(one, drafts[one.id]).length > 0)) {
        const body = {
          role: { id: role.id, etag: role.etag, rights: rightsOf(drafts[role.id] ?? {}) },
          updateMask: "rights",
          requestId: newId(),
        };
        await call("PATCH", `/v1/roles/${role.id}`, { body });
        delete left[role.id];
      }
      notify(t("admin.matrix.saved"));
    } catch (error) {
      // Those saved before are saved; what is left stays marked.
      notify(describeError(error), { type: "error" });
    }
    await client.invalidateQueries({ queryKey: ["roles"] });
    onDrafts(left);
    setBusy(false);
  };
  return (
    <Box
      role="region"
      aria-label={t("admin.matrix.unsaved")}
      sx={{
        position: "sticky",
        insetBlockEnd: { xs: 64, sm: 16 },
        zIndex: 5,
        mt: 3,
        p: 3,
        display: "flex",
        alignItems: "center",
        gap: 2,
        flexWrap: "wrap",
        background: tokens.paper,
        borderRadius: 1,
        boxShadow: tokens.shadowHigh,
      }}
    >
      <Typography sx={{ flex: 1, fontWeight: 500 }} aria-live="polite">
        {t("admin.matrix.changes", { count })}
      </Typography>
      <Button onClick={() => onDrafts({})} disabled={busy}>
        {t("admin.matrix.reset")}
      </Button>
      <Button variant="contained" loading={busy} onClick={() => void save()}>
        {t("admin.matrix.save")}
      </Button>
    </Box>
  );
}
