import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import { useState } from "react";
import { useText } from "../../i18n/use.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { NotificationList } from "./NotificationList.tsx";
import { Tools } from "./Tools.tsx";

/** What I should look at; the bell leads here at telephone width. */
export default function NotificationsPage() {
  const t = useText();
  const [unreadOnly, setUnreadOnly] = useState(false);
  return (
    <Box sx={{ maxWidth: 760 }}>
      <PageHeader title={t("notifications.title")} />
      <Box sx={{ mb: 3 }}>
        <Tools unreadOnly={unreadOnly} onChange={setUnreadOnly} />
      </Box>
      <Card>
        <NotificationList unreadOnly={unreadOnly} />
      </Card>
    </Box>
  );
}
