// The list itself, as the panel and the page show it.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Skeleton from "@mui/material/Skeleton";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useTheme } from "@mui/material/styles";
import { AtSign, Bell, FileUp, UserCheck } from "lucide-react";
import { useGetMany } from "ra-core";
import { Link } from "react-router";
import type { Records } from "../../api/resources.ts";
import { FailurePage } from "../../frame/FailurePage.tsx";
import { useText } from "../../i18n/use.ts";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { type Notification, useMarkRead, useNotifications } from "./data.ts";
import { byDay } from "./days.ts";
import { words } from "./words.ts";

interface Props {
  unreadOnly: boolean;
  /** After one was pressed. */
  onOpen?: () => void;
}

export function NotificationList({ unreadOnly, onOpen }: Props) {
  const t = useText();
  const list = useNotifications(unreadOnly);
  const items = list.data?.pages.flatMap((page) => page.notifications) ?? [];
  const names = useActorNames(items);
  // The days are those of the moment the list came.
  const groups = byDay(items, list.dataUpdatedAt || 0);
  if (list.isPending) return <Waiting />;
  if (list.error && !list.data)
    return <FailurePage error={list.error} resetErrorBoundary={() => void list.refetch()} />;
  if (!items.length)
    return (
      <EmptyState
        icon={Bell}
        title={t(unreadOnly ? "notifications.allRead" : "notifications.empty")}
        body={t("notifications.emptyBody")}
      />
    );
  return (
    <>
      {groups.map(({ day, title, items: mine }) => (
        <Box component="section" key={day} aria-label={title}>
          <Typography
            variant="caption"
            component="h3"
            color="textSecondary"
            sx={{ px: 4, pt: 3, pb: 1, m: 0, fontWeight: 600 }}
          >
            {title}
          </Typography>
          <Box component="ul" sx={{ listStyle: "none", m: 0, p: 0 }}>
            {mine.map((one) => (
              <Item key={one.id} one={one} actor={names.get(one.actorId) ?? ""} {...(onOpen && { onOpen })} />
            ))}
          </Box>
        </Box>
      ))}
      {list.hasNextPage && (
        <Button
          fullWidth
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
          sx={{ my: 1 }}
        >
          {t("notifications.older")}
        </Button>
      )}
    </>
  );
}

function useActorNames(items: readonly Notification[]): Map<string, string> {
  const ids = [...new Set(items.map(({ actorId }) => actorId).filter(Boolean))];
  const { data } = useGetMany<Records["colleagues"]>("colleagues", { ids });
  return new Map(data?.filter(Boolean).map(({ id, displayName }) => [id, displayName]));
}

function Item({ one, actor, onOpen }: { one: Notification; actor: string; onOpen?: () => void }) {
  const t = useText();
  const { tokens } = useTheme();
  const read = useMarkRead();
  const { sentence, more, path } = words(t, one, actor);
  const Icon = one.mention ? AtSign : one.import ? FileUp : UserCheck;
  const open = () => {
    if (!one.readTime) read.mutate({ ids: [one.id] });
    onOpen?.();
  };
  return (
    <Box component="li" sx={{ display: "flex", "&:hover": { background: tokens.tint } }}>
      <Box
        component={Link}
        to={path}
        onClick={open}
        sx={{
          flex: 1,
          minWidth: 0,
          display: "flex",
          gap: 3,
          px: 4,
          py: 2.5,
          color: "inherit",
          textDecoration: "none",
          "&:focus-visible": { outlineOffset: -2 },
        }}
      >
        <Box sx={{ color: one.readTime ? tokens.soft : tokens.accent, pt: 0.5 }}>
          <Icon size={18} aria-hidden />
        </Box>
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <Typography sx={{ fontWeight: one.readTime ? 400 : 600, overflowWrap: "anywhere" }}>
            {sentence}
          </Typography>
          {more && (
            <Typography color="textSecondary" dir="auto" noWrap sx={{ textAlign: "match-parent" }}>
              {more}
            </Typography>
          )}
          <Typography variant="caption" color="textSecondary" component="div">
            {one.createTime && <RelativeTime value={one.createTime} />}
          </Typography>
        </Box>
      </Box>
      {!one.readTime && <ReadDot onRead={() => read.mutate({ ids: [one.id] })} about={sentence} />}
    </Box>
  );
}

/** The mark of what is unread, to press. */
function ReadDot({ onRead, about }: { onRead: () => void; about: string }) {
  const t = useText();
  const { tokens } = useTheme();
  return (
    <Box
      component="button"
      type="button"
      onClick={onRead}
      aria-label={t("notifications.markOne", { about })}
      title={t("notifications.markRead")}
      sx={{
        flexShrink: 0,
        width: 44,
        border: 0,
        background: "none",
        cursor: "pointer",
        display: "grid",
        placeItems: "center",
        "&:focus-visible": { outlineOffset: -2 },
      }}
    >
      <Box sx={{ width: 10, height: 10, borderRadius: "50%", background: tokens.accent }} />
    </Box>
  );
}

function Waiting() {
  return (
    <Stack sx={{ gap: 2, p: 4 }}>
      {Array.from({ length: 5 }, (_, row) => (
        <Skeleton key={row} variant="rounded" height={48} />
      ))}
    </Stack>
  );
}
