// The parts of administration, each with an address of its own; only those one has the right to.
import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
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

/** Links, not tabs: each leads to a page, and assistive technology says so. */
export function Tabs({ current }: { current: Part["name"] }) {
  const t = useText();
  const may = useMay();
  const { tokens } = useTheme();
  return (
    <Box
      component="nav"
      aria-label={t("admin.parts")}
      sx={{
        display: "flex",
        overflowX: "auto",
        scrollbarWidth: "none",
        mb: 4,
        borderBlockEnd: "1px solid",
        borderColor: "divider",
      }}
    >
      {TABS.filter(({ needs }) => !needs || may(...needs)).map(({ name, path }) => (
        <Box
          key={name}
          component={Link}
          to={path}
          aria-current={name === current ? "page" : undefined}
          sx={{
            px: 3,
            minHeight: 44,
            display: "inline-flex",
            alignItems: "center",
            flexShrink: 0,
            whiteSpace: "nowrap",
            fontWeight: 500,
            textDecoration: "none",
            color: tokens.soft,
            borderBlockEnd: "2px solid transparent",
            "&:hover": { color: tokens.ink },
            "&:focus-visible": { outlineOffset: "-2px" },
            "&[aria-current]": { color: tokens.accent, borderBlockEndColor: tokens.accent },
          }}
        >
          {t(`admin.tabs.${name}`)}
        </Box>
      ))}
    </Box>
  );
}
