import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { useText } from "../../i18n/use.ts";
import { NotificationList } from "./NotificationList.tsx";
import { Tools } from "./Tools.tsx";

/** What the bell opens. */
export default function Panel({ titleId, onClose }: { titleId: string; onClose: () => void }) {
  const t = useText();
  const [unreadOnly, setUnreadOnly] = useState(false);
  return (
    <>
      <Box sx={{ px: 4, pt: 3, pb: 2, borderBlockEnd: "1px solid", borderColor: "divider" }}>
        <Typography id={titleId} variant="h1" component="h2" sx={{ mb: 2 }}>
          {t("notifications.title")}
        </Typography>
        <Tools unreadOnly={unreadOnly} onChange={setUnreadOnly} />
      </Box>
      <Box sx={{ overflowY: "auto", flex: 1 }} tabIndex={-1}>
        <NotificationList unreadOnly={unreadOnly} onOpen={onClose} />
      </Box>
    </>
  );
}
