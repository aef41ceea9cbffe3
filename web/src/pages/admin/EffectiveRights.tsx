// What somebody may do: the union of their roles, and which role gives each.
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { FailurePage } from "../../frame/FailurePage.tsx";
import { useText } from "../../i18n/use.ts";
import { PageSkeleton } from "../../ui/PageSkeleton.tsx";
import type { EffectiveRight, RightObject, User } from "./data.ts";
import { cellKey } from "./matrix.ts";
import { Matrix } from "./Matrix.tsx";
import { roleNames } from "./names.ts";
import { ScopeMark } from "./ScopeMark.tsx";

export function EffectiveRights({ user }: { user: User }) {
  const t = useText();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["effectiveRights", user.id],
    queryFn: async ({ signal }) =>
      (await call<{ rights: EffectiveRight[] }>("GET", `/v1/users/${user.id}/rights`, { signal })).rights,
  });
  if (isPending) return <PageSkeleton />;
  if (error) return <FailurePage error={error} resetErrorBoundary={() => void refetch()} />;
  const cells = new Map(data.map((right) => [cellKey(right.object, right.action), right]));
  return (
    <Matrix
      label={t("admin.effective.label", { name: `\u2068${user.displayName}\u2069` })}
      objects={objectsOf(data)}
      cell={(object, action) => (
        <Cell given={cells.get(cellKey(object, action))} single={user.roleIds.length === 1} />
      )}
    />
  );
}

function objectsOf(rights: readonly EffectiveRight[]): RightObject[] {
  const actions = new Map<string, string[]>();
  for (const { object, action } of rights) actions.set(object, [...(actions.get(object) ?? []), action]);
  return [...actions].map(([object, mine]) => ({ object, actions: mine }));
}

/** `single`: there is one role, which need not be named in each cell. */
function Cell({ given, single }: { given: EffectiveRight | undefined; single: boolean }) {
  const t = useText();
  const scope = given?.scope ?? "SCOPE_NONE";
  const none = scope === "SCOPE_NONE";
  return (
    <Box sx={{ display: "flex", alignItems: "flex-start", gap: 1.5, px: 1, minWidth: 72 }}>
      <Box sx={{ pt: 1 }}>
        <ScopeMark scope={scope} />
      </Box>
      <Box>
        <Typography component="div" color={none ? "textSecondary" : "textPrimary"}>
          {t(`admin.scopes.${scope}`)}
        </Typography>
        {!none && !single && given && (
          <Typography variant="caption" color="textSecondary" component="div">
            {roleNames(t, given.roleIds)}
          </Typography>
        )}
      </Box>
    </Box>
  );
}
