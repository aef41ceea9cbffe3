// At telephone width: at most five places under the thumb.
import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import { NavLink } from "react-router";
import { useText } from "../i18n/use.ts";
import { usePlaces } from "./places.ts";

const MOST = 5;

export function BottomBar() {
  const t = useText();
  const { tokens } = useTheme();
  return (
    <Box
      component="nav"
      aria-label={t("frame.navigation")}
      sx={{
        display: { xs: "flex", sm: "none" },
        position: "fixed",
        insetInline: 0,
        insetBlockEnd: 0,
        zIndex: "appBar",
        bgcolor: "background.paper",
        borderBlockStart: 1,
        borderColor: "divider",
        paddingBlockEnd: "env(safe-area-inset-bottom)",
      }}
    >
      {usePlaces("main", "last")
        .slice(0, MOST)
        .map((place) => (
          <Box
            key={place.path}
            component={NavLink}
            to={place.path}
            sx={{
              flex: 1,
              minWidth: 0,
              minHeight: 56,
              display: "flex",
              flexDirection: "column",
              alignItems: "center",
              justifyContent: "center",
              gap: 0.5,
              fontSize: 12,
              color: tokens.soft,
              textDecoration: "none",
              "&.active": { color: tokens.accent, fontWeight: 600 },
            }}
          >
            <place.icon size={20} aria-hidden />
            <Box
              component="span"
              sx={{ maxWidth: "100%", overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}
            >
              {t(place.name)}
            </Box>
          </Box>
        ))}
    </Box>
  );
}
