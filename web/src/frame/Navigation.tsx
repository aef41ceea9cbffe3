// At the start side: where one can go. Icons alone when collapsed; gone at telephone width (see BottomBar).
import Box from "@mui/material/Box";
import IconButton from "@mui/material/IconButton";
import Stack from "@mui/material/Stack";
import Tooltip from "@mui/material/Tooltip";
import { useTheme } from "@mui/material/styles";
import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { NavLink } from "react-router";
import { useText } from "../i18n/use.ts";
import { direction, setPreferences, usePreferences } from "../preferences/store.ts";
import { Mark } from "../session/Mark.tsx";
import type { Place } from "../pages/index.ts";
import { usePlaces } from "./places.ts";

export function Navigation() {
  const t = useText();
  const { navigationCollapsed: collapsed } = usePreferences();
  const label = collapsed ? t("frame.expand") : t("frame.collapse");
  return (
    <Stack
      component="nav"
      aria-label={t("frame.navigation")}
      sx={{
        display: { xs: "none", sm: "flex" },
        width: collapsed ? 56 : 208,
        flexShrink: 0,
        position: "sticky",
        insetBlockStart: 0,
        height: "100dvh",
        p: 2,
        borderInlineEnd: 1,
        borderColor: "divider",
      }}
    >
      <Stack
        direction="row"
        sx={{ alignItems: "center", gap: 2, px: 2, height: 40, mb: 3, overflow: "hidden" }}
      >
        <Mark size={24} />
        {!collapsed && (
          <Box component="span" sx={{ fontWeight: 650 }}>
            {t("start.product")}
          </Box>
        )}
      </Stack>
      <Places places={usePlaces("main")} collapsed={collapsed} />
      <Box sx={{ flex: 1 }} />
      <Places places={usePlaces("last")} collapsed={collapsed} />
      <Tooltip title={label}>
        <IconButton
          onClick={() => setPreferences({ navigationCollapsed: !collapsed })}
          aria-label={label}
          sx={{ alignSelf: "flex-start", mt: 1, mx: 0.5 }}
        >
          {collapsed ? (
            <PanelLeftOpen className="mirror" size={18} />
          ) : (
            <PanelLeftClose className="mirror" size={18} />
          )}
        </IconButton>
      </Tooltip>
    </Stack>
  );
}

function Places({ places, collapsed }: { places: readonly Place[]; collapsed: boolean }) {
  return (
    <Stack component="ul" sx={{ listStyle: "none", m: 0, p: 0, gap: 0.5 }}>
      {places.map((place) => (
        <li key={place.path}>
          <PlaceLink place={place} collapsed={collapsed} />
        </li>
      ))}
    </Stack>
  );
}

function PlaceLink({ place, collapsed }: { place: Place; collapsed: boolean }) {
  const t = useText();
  const { tokens } = useTheme();
  const { locale } = usePreferences();
  const name = t(place.name);
  const side = direction(locale) === "rtl" ? "left" : "right";
  return (
    <Tooltip title={collapsed ? name : ""} placement={side}>
      <Box
        component={NavLink}
        to={place.path}
        aria-label={collapsed ? name : undefined}
        sx={{
          display: "flex",
          alignItems: "center",
          gap: 3,
          minHeight: 32,
          "@media (pointer: coarse)": { minHeight: 44 },
          px: 2.5,
          borderRadius: 1,
          color: tokens.soft,
          textDecoration: "none",
          fontWeight: 500,
          "&:hover": { background: tokens.tint, color: tokens.ink },
          "&.active": { background: tokens.accentTint, color: tokens.accent, fontWeight: 600 },
        }}
      >
        <place.icon size={18} aria-hidden />
        {!collapsed && name}
      </Box>
    </Tooltip>
  );
}
