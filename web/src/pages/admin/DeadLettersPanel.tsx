// Events a service gave up: why, and trying them again.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, RotateCw } from "lucide-react";
import { useNotify } from "ra-core";
import { call } from "../../api/client.ts";
import { formatNumber } from "../../format/numbers.ts";
import { FailurePage } from "../../frame/FailurePage.tsx";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { useMay } from "../../session/rights.ts";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { PageSkeleton } from "../../ui/PageSkeleton.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { SidePanel } from "../../ui/SidePanel.tsx";
import type { DeadLetter, DeadLetters } from "./system.ts";

interface Props {
  /** Empty: closed. */
  service: string;
  onClose: () => void;
}

export function DeadLettersPanel({ service, onClose }: Props) {
  const t = useText();
  const name = t(`admin.services.${service}`, { _: service });
  return (
    <SidePanel open={service !== ""} title={t("admin.system.deadOf", { service: name })} onClose={onClose}>
      {service && <List service={service} />}
    </SidePanel>
  );
}

type Retry = { eventIds: string[] } | { all: true };

function List({ service }: { service: string }) {
  const t = useText();
  const notify = useNotify();
  const client = useQueryClient();
  const mayRetry = useMay()("system", "administer");
  const list = useInfiniteQuery({
    queryKey: ["system", "deadLetters", service],
    initialPageParam: "",
    staleTime: 0,
    queryFn: ({ pageParam, signal }) =>
      call<DeadLetters>("GET", "/v1/system/deadLetters", {
        query: { service, pageSize: 50, pageToken: pageParam },
        signal,
      }),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
  const retry = useMutation({
    mutationFn: (which: Retry) =>
      call<{ retriedCount: string }>("POST", "/v1/system/deadLetters:retry", { body: { service, ...which } }),
    onSuccess: ({ retriedCount }) => notify(t("admin.system.retried", { count: Number(retriedCount) })),
    onError: (error) => notify(describeError(error), { type: "error" }),
    onSettled: () => client.invalidateQueries({ queryKey: ["system"] }),
  });
  if (list.isPending) return <PageSkeleton />;
  if (list.error) return <FailurePage error={list.error} resetErrorBoundary={() => void list.refetch()} />;
  const letters = list.data.pages.flatMap((page) => page.deadLetters);
  if (!letters.length) return <EmptyState icon={CircleCheck} title={t("admin.system.noDead")} />;
  return (
    <Stack sx={{ gap: 3 }}>
      <Typography color="textSecondary">{t("admin.system.deadAbout")}</Typography>
      {mayRetry && (
        <Button
          variant="contained"
          startIcon={<RotateCw size={16} />}
          loading={retry.isPending}
          onClick={() => retry.mutate({ all: true })}
          sx={{ alignSelf: "flex-start" }}
        >
          {t("admin.system.retryAll")}
        </Button>
      )}
      <Box component="ul" sx={{ listStyle: "none", m: 0, p: 0 }}>
        {letters.map((one) => (
          <Letter
            key={`${one.consumer} ${one.eventId}`}
            letter={one}
            busy={retry.isPending}
            {...(mayRetry && { onRetry: () => retry.mutate({ eventIds: [one.eventId] }) })}
          />
        ))}
      </Box>
      {list.hasNextPage && (
        <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("notifications.older")}
        </Button>
      )}
    </Stack>
  );
}

function Letter({ letter, busy, onRetry }: { letter: DeadLetter; busy: boolean; onRetry?: () => void }) {
  const t = useText();
  return (
    <Box component="li" sx={{ py: 2, borderBlockStart: "1px solid", borderColor: "divider" }}>
      <Stack direction="row" sx={{ gap: 2, justifyContent: "space-between", alignItems: "center" }}>
        <Typography sx={{ fontWeight: 500 }}>
          <bdi dir="ltr">{letter.type}</bdi>
        </Typography>
        {onRetry && (
          <Button size="small" disabled={busy} onClick={onRetry}>
            {t("admin.system.retry")}
          </Button>
        )}
      </Stack>
      <Typography
        dir="ltr"
        color="error"
        sx={{ textAlign: "match-parent", overflowWrap: "anywhere", fontSize: 12 }}
      >
        {letter.error}
      </Typography>
      <Typography
        variant="caption"
        color="textSecondary"
        component="div"
        sx={{ display: "flex", flexWrap: "wrap", columnGap: 4 }}
      >
        {t("admin.system.tries", {
          consumer: `\u2068${letter.consumer}\u2069`,
          count: letter.attempts,
          shown: formatNumber(letter.attempts),
        })}
        {letter.dieTime && <RelativeTime value={letter.dieTime} />}
      </Typography>
    </Box>
  );
}
