import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import { Download, WifiOff } from "lucide-react";
import { Link, useLocation } from "react-router";
import { useConnection } from "../api/connection.ts";
import { formatTime } from "../format/dates.ts";
import { useText } from "../i18n/use.ts";
import { useNewerVersion } from "../offline/install.ts";

/** Where the customers kept on this device are listed. */
const KEPT = "/offline";

/** Says since when the server is out of reach and what still works; and that a newer version of the app is there. */
export function OfflineBanner() {
  const t = useText();
  const { offlineSince } = useConnection();
  const newer = useNewerVersion();
  const { pathname } = useLocation();
  const flat = { borderRadius: 0, "& .MuiAlert-action": { pt: 0, alignItems: "center" } };
  return (
    <div aria-live="polite">
      {offlineSince !== undefined && (
        <Alert
          severity="warning"
          icon={<WifiOff size={18} />}
          sx={flat}
          action={
            pathname !== KEPT && (
              <Button component={Link} to={KEPT} size="small" sx={{ color: "inherit" }}>
                {t("frame.offlineKept")}
              </Button>
            )
          }
        >
          {t("frame.offline", { time: formatTime(offlineSince) })}
        </Alert>
      )}
      {newer && offlineSince === undefined && (
        <Alert
          severity="info"
          icon={<Download size={18} />}
          sx={flat}
          action={
            <Button size="small" onClick={() => location.reload()} sx={{ color: "inherit" }}>
              {t("frame.failure.reload")}
            </Button>
          }
        >
          {t("frame.newVersion")}
        </Alert>
      )}
    </div>
  );
}
