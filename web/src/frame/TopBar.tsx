// Where I am, search and commands, notifications, me. Nothing else.
import Box from "@mui/material/Box";
import Breadcrumbs from "@mui/material/Breadcrumbs";
import Button from "@mui/material/Button";
import Link from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { Theme } from "@mui/material/styles";
import visuallyHidden from "@mui/utils/visuallyHidden";
import { ChevronRight, Search } from "lucide-react";
import { NavLink, useLocation } from "react-router";
import { useText } from "../i18n/use.ts";
import { Bell } from "./Bell.tsx";
import { MeMenu } from "./MeMenu.tsx";
import { usePageTitle } from "./crumbs.ts";
import { openPalette } from "./panels.ts";
import { placeOf } from "./places.ts";

/** Only the icon is seen at telephone width; the words are still heard. */
const hiddenWhenNarrow = (theme: Theme) => ({ [theme.breakpoints.down("md")]: visuallyHidden });

export function TopBar() {
  const t = useText();
  return (
    <Stack
      component="header"
      direction="row"
      sx={{
        alignItems: "center",
        gap: 3,
        height: 56,
        px: { xs: 4, sm: 6 },
        position: "sticky",
        insetBlockStart: 0,
        zIndex: "appBar",
        bgcolor: "background.default",
        borderBlockEnd: 1,
        borderColor: "divider",
      }}
    >
      <Crumbs />
      <Box sx={{ flex: 1 }} />
      <Button
        variant="outlined"
        onClick={openPalette}
        startIcon={<Search size={16} />}
        aria-keyshortcuts="Control+K Meta+K"
        sx={{
          color: "text.secondary",
          fontWeight: 400,
          flexShrink: 0,
          minWidth: { xs: 44, md: 280 },
          justifyContent: "flex-start",
          "& .MuiButton-startIcon": { marginInlineEnd: { xs: 0, md: 2 }, marginInlineStart: 0 },
        }}
      >
        <Box component="span" sx={[{ flex: 1, textAlign: "start" }, hiddenWhenNarrow]}>
          {t("frame.search")}
        </Box>
        <Box
          component="kbd"
          aria-hidden
          dir="ltr"
          sx={{
            display: { xs: "none", md: "inline" },
            marginInlineStart: 4,
            px: 1.5,
            border: 1,
            borderColor: "divider",
            borderRadius: 1,
            fontFamily: "inherit",
            fontSize: 12,
            lineHeight: "18px",
          }}
        >
          {t("frame.searchKeys")}
        </Box>
      </Button>
      <Bell />
      <MeMenu />
    </Stack>
  );
}

function Crumbs() {
  const t = useText();
  const { pathname } = useLocation();
  const title = usePageTitle();
  const place = placeOf(pathname);
  const deeper = place && pathname !== place.path;
  return (
    <Breadcrumbs
      aria-label={t("frame.crumbs")}
      separator={<ChevronRight className="mirror" size={14} />}
      sx={{
        minWidth: 0,
        "& ol": { flexWrap: "nowrap" },
        "& li": { minWidth: 0 },
        "& .MuiBreadcrumbs-separator": { flexShrink: 0 },
      }}
    >
      {deeper && (
        <Link component={NavLink} to={place.path} color="textSecondary" noWrap sx={{ display: "block" }}>
          {t(place.name)}
        </Link>
      )}
      {/* Of a name in another direction the end is cut off, not the beginning. */}
      <Typography
        component="span"
        dir="auto"
        noWrap
        sx={{ display: "block", fontWeight: 500 }}
        aria-current="page"
      >
        {title}
      </Typography>
    </Breadcrumbs>
  );
}
