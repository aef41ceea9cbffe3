// The parts of administration, each with an address of its own; only those one has the right to.
import MuiTabs from "@mui/material/Tabs";
import Tab from "@mui/material/Tab";
import { Link } from "react-router";
import { useText } from "../../i18n/use.ts";
import { useMay } from "../../session/rights.ts";

interface Part {
  name: "users" | "roles" | "teams" | "system" | "api";
  path: string;
  needs?: readonly [string, string];
}

const TABS: readonly Part[] = [
  { name: "users", path: "/administration", needs: ["user", "administer"] },
  { name: "roles", path: "/administration/roles", needs: ["role", "read"] },
  { name: "teams", path: "/administration/teams", needs: ["team", "update"] },
  { name: "system", path: "/administration/system", needs: ["system", "read"] },
  { name: "api", path: "/administration/api" },
];

export function Tabs({ current }: { current: Part["name"] }) {
  const t = useText();
  const may = useMay();
  return (
    <MuiTabs
      component="nav"
      aria-label={t("admin.parts")}
      value={current}
      variant="scrollable"
      scrollButtons={false}
      sx={{ mb: 4, borderBlockEnd: "1px solid", borderColor: "divider" }}
    >
      {TABS.filter(({ needs }) => !needs || may(...needs)).map(({ name, path }) => (
        <Tab
          key={name}
          value={name}
          label={t(`admin.tabs.${name}`)}
          component={Link}
          to={path}
          role="link"
          aria-current={name === current ? "page" : undefined}
        />
      ))}
    </MuiTabs>
  );
}
