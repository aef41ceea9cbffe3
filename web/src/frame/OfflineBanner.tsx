import Alert from "@mui/material/Alert";
import { WifiOff } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useText } from "../i18n/use.ts";

function subscribe(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}

/** Says that the network is away, and what still works. */
export function OfflineBanner() {
  const t = useText();
  const online = useSyncExternalStore(subscribe, () => navigator.onLine);
  return (
    <div aria-live="polite">
      {!online && (
        <Alert severity="warning" icon={<WifiOff size={18} />} sx={{ borderRadius: 0 }}>
          {t("frame.offline")}
        </Alert>
      )}
    </div>
  );
}
