import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import { useState } from "react";
import { Link as RouterLink } from "react-router";
import { useText } from "../../i18n/use.ts";
import { PersonAvatar } from "../../ui/PersonAvatar.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { type User, useTeams } from "./data.ts";
import { roleNames } from "./names.ts";
import { StateChip } from "./StateChip.tsx";
import { stateOf } from "./state.ts";

const WIDE = { display: { xs: "none", md: "table-cell" } };

export function UserTable({ users }: { users: readonly User[] }) {
  const t = useText();
  const teams = useTeams();
  const names = new Map(teams.data?.map(({ id, name }) => [id, name]));
  const [now] = useState(() => Date.now());
  return (
    <TableContainer>
      <Table aria-label={t("admin.tabs.users")}>
        <TableHead>
          <TableRow>
            <TableCell>{t("admin.fields.displayName")}</TableCell>
            <TableCell sx={WIDE}>{t("admin.fields.roles")}</TableCell>
            <TableCell sx={WIDE}>{t("admin.fields.team")}</TableCell>
            <TableCell sx={WIDE}>{t("admin.fields.lastSignIn")}</TableCell>
            <TableCell>{t("admin.fields.state")}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {users.map((user) => (
            <TableRow key={user.id} hover>
              <TableCell component="th" scope="row">
                <Name user={user} />
              </TableCell>
              <TableCell sx={WIDE}>{roleNames(t, user.roleIds)}</TableCell>
              <TableCell sx={WIDE}>
                <bdi>{names.get(user.teamId)}</bdi>
              </TableCell>
              <TableCell sx={WIDE}>
                {user.lastSignInTime ? <RelativeTime value={user.lastSignInTime} /> : t("admin.users.never")}
              </TableCell>
              <TableCell>
                <StateChip state={stateOf(user, now)} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function Name({ user }: { user: User }) {
  return (
    <Box sx={{ display: "flex", alignItems: "center", gap: 2, minWidth: 0 }}>
      <PersonAvatar name={user.displayName} size={28} />
      <Box sx={{ minWidth: 0, fontWeight: 400 }}>
        <Link
          component={RouterLink}
          to={`/administration/users/${user.id}`}
          color="textPrimary"
          sx={{ fontWeight: 500 }}
        >
          <bdi>{user.displayName}</bdi>
        </Link>
        <Box
          dir="ltr"
          sx={{ textAlign: "match-parent", fontSize: 12, color: "text.secondary", overflowWrap: "anywhere" }}
        >
          {user.email}
        </Box>
      </Box>
    </Box>
  );
}
