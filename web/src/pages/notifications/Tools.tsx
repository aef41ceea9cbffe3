// All or unread ones, and reading them all.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import { CheckCheck } from "lucide-react";
import { useText } from "../../i18n/use.ts";
import { useMarkRead, useNotifications, useUnread } from "./data.ts";

interface Props {
  unreadOnly: boolean;
  onChange: (unreadOnly: boolean) => void;
}

export function Tools({ unreadOnly, onChange }: Props) {
  const t = useText();
  const unread = useUnread();
  const read = useMarkRead();
  const { data } = useNotifications(unreadOnly);
  const newest = data?.pages[0]?.notifications[0]?.createTime;
  return (
    <Box sx={{ display: "flex", gap: 2, alignItems: "center", flexWrap: "wrap" }}>
      <ToggleButtonGroup
        exclusive
        size="small"
        value={unreadOnly}
        onChange={(_, chosen: boolean | null) => chosen !== null && onChange(chosen)}
        aria-label={t("notifications.show")}
      >
        <ToggleButton value={false}>{t("notifications.all")}</ToggleButton>
        <ToggleButton value={true}>{t("notifications.unread")}</ToggleButton>
      </ToggleButtonGroup>
      <Box sx={{ flex: 1 }} />
      <Button
        size="small"
        startIcon={<CheckCheck size={16} />}
        disabled={!unread?.count || !newest}
        onClick={() => newest && read.mutate({ untilTime: newest })}
      >
        {t("notifications.markAll")}
      </Button>
    </Box>
  );
}
