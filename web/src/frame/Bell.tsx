// How much is unread, as it comes; a panel with it, or its page at telephone width.
import Badge from "@mui/material/Badge";
import IconButton from "@mui/material/IconButton";
import Popover from "@mui/material/Popover";
import useMediaQuery from "@mui/material/useMediaQuery";
import { useTheme } from "@mui/material/styles";
import { Bell as BellIcon } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useNavigate } from "react-router";
import { formatCount } from "../format/numbers.ts";
import { useText } from "../i18n/use.ts";
import { useUnread } from "../pages/notifications/data.ts";
import { PageSkeleton } from "../ui/PageSkeleton.tsx";

const Panel = lazy(() => import("../pages/notifications/Panel.tsx"));
const TITLE = "notifications-title";

export function Bell() {
  const t = useText();
  const theme = useTheme();
  const narrow = useMediaQuery(theme.breakpoints.down("sm"));
  const navigate = useNavigate();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const { count = 0, capped = false } = useUnread() ?? {};
  const shown = formatCount(count, capped);
  const close = () => setAnchor(null);
  return (
    <>
      <IconButton
        onClick={(event) => (narrow ? void navigate("/notifications") : setAnchor(event.currentTarget))}
        aria-label={t("notifications.bell", { count, shown })}
        {...(!narrow && { "aria-haspopup": "dialog", "aria-expanded": anchor !== null })}
      >
        {count ? (
          <Badge badgeContent={shown} color="error" slotProps={{ badge: { "aria-hidden": true } as object }}>
            <BellIcon size={20} aria-hidden />
          </Badge>
        ) : (
          <BellIcon size={20} aria-hidden />
        )}
      </IconButton>
      <Popover
        open={anchor !== null && !narrow}
        anchorEl={anchor}
        onClose={close}
        anchorOrigin={{ vertical: "bottom", horizontal: "center" }}
        transformOrigin={{ vertical: "top", horizontal: "center" }}
        slotProps={{
          paper: {
            role: "dialog",
            "aria-labelledby": TITLE,
            sx: {
              width: 420,
              maxHeight: "min(640px, 80dvh)",
              display: "flex",
              flexDirection: "column",
              mt: 1,
            },
          },
        }}
      >
        <Suspense fallback={<PageSkeleton />}>
          <Panel titleId={TITLE} onClose={close} />
        </Suspense>
      </Popover>
    </>
  );
}
