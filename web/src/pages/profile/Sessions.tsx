// Where I am signed in, and how to end that.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import Skeleton from "@mui/material/Skeleton";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Monitor, Smartphone } from "lucide-react";
import { useNotify } from "ra-core";
import { useState } from "react";
import { call } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { localDigits } from "../../format/numbers.ts";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Section } from "./Section.tsx";
import { device } from "./device.ts";

type ActiveSession = components["schemas"]["ActiveSession"];
const KEY = ["sessions"];

export function Sessions() {
  const t = useText();
  const notify = useNotify();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const { data, error, isPending } = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) =>
      (await call<{ sessions: ActiveSession[] }>("GET", "/v1/me/sessions", { signal })).sessions,
  });
  const end = useMutation({
    mutationFn: (ids: readonly string[]) =>
      Promise.all(ids.map((id) => call("DELETE", `/v1/me/sessions/${encodeURIComponent(id)}`))),
    onSuccess: (_, ids) => notify(t("profile.sessions.ended", { count: ids.length })),
    onError: (failure) => notify(describeError(failure), { type: "error" }),
    onSettled: () => {
      setAsked(false);
      return client.invalidateQueries({ queryKey: KEY });
    },
  });
  const others = (data ?? []).filter((one) => !one.current).map((one) => one.id);
  return (
    <Section
      title={t("profile.sessions.title")}
      about={t("profile.sessions.about")}
      action={
        others.length > 0 && (
          <Button variant="outlined" onClick={() => setAsked(true)}>
            {t("profile.sessions.endOthers")}
          </Button>
        )
      }
    >
      {isPending && <Skeleton variant="rounded" height={48} />}
      {error && <Typography color="error">{describeError(error)}</Typography>}
      <Box component="ul" sx={{ listStyle: "none", m: 0, p: 0 }}>
        {data?.map((one) => (
          <Line key={one.id} session={one} onEnd={() => end.mutate([one.id])} busy={end.isPending} />
        ))}
      </Box>
      <ConfirmDialog
        open={asked}
        title={t("profile.sessions.askTitle", { count: others.length })}
        body={t("profile.sessions.askBody")}
        confirm={t("profile.sessions.endOthers")}
        busy={end.isPending}
        onConfirm={() => end.mutate(others)}
        onClose={() => setAsked(false)}
      />
    </Section>
  );
}

function Line({ session, onEnd, busy }: { session: ActiveSession; onEnd: () => void; busy: boolean }) {
  const t = useText();
  const { program, system, handheld } = device(session.userAgent);
  const Icon = handheld ? Smartphone : Monitor;
  const name = program && system ? t("profile.sessions.device", { program, system }) : program;
  const shown = localDigits(name) || t("profile.sessions.unknown");
  return (
    <Stack
      component="li"
      direction="row"
      sx={{ gap: 3, alignItems: "center", py: 2, borderBlockStart: "1px solid", borderColor: "divider" }}
    >
      <Box sx={{ color: "text.secondary", display: "flex" }}>
        <Icon size={20} aria-hidden />
      </Box>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Stack direction="row" sx={{ gap: 2, alignItems: "center", flexWrap: "wrap" }}>
          <Typography sx={{ fontWeight: 500 }}>
            <bdi>{shown}</bdi>
          </Typography>
          {session.current && (
            <Chip label={t("profile.sessions.current")} color="primary" variant="outlined" />
          )}
        </Stack>
        <Typography variant="caption" color="textSecondary" component="div">
          <Stack component="span" direction="row" sx={{ gap: 2, flexWrap: "wrap" }}>
            <bdi dir="ltr">{session.sourceAddress}</bdi>
            {session.lastUseTime && (
              <span>
                {t("profile.sessions.lastUse")} <RelativeTime value={session.lastUseTime} />
              </span>
            )}
          </Stack>
        </Typography>
      </Box>
      {!session.current && (
        <Button
          size="small"
          onClick={onEnd}
          disabled={busy}
          aria-label={t("profile.sessions.endThis", { name: shown })}
        >
          {t("profile.sessions.end")}
        </Button>
      )}
    </Stack>
  );
}
