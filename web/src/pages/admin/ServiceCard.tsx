import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useTheme } from "@mui/material/styles";
import type { ReactNode } from "react";
import { formatCount, formatInt64, formatNumber, localDigits } from "../../format/numbers.ts";
import { useText } from "../../i18n/use.ts";
import { HealthMark } from "./HealthMark.tsx";
import {
  formatBytes,
  formatDuration,
  type Health,
  healthOf,
  secondsBetween,
  type Service,
  type ServiceStatus,
  type Status,
} from "./system.ts";

interface Props {
  service: Service;
  /** When all this was so. */
  time: string;
  onDeadLetters: () => void;
}

export function ServiceCard({ service, time, onDeadLetters }: Props) {
  const t = useText();
  const { status, error } = service;
  return (
    <Part name={t(`admin.services.${service.name}`, { _: service.name })} health={healthOf(service)}>
      {error && (
        <Typography color="error" sx={{ overflowWrap: "anywhere" }}>
          {t("admin.system.silent")} <bdi dir="ltr">{error.message || error.code}</bdi>
        </Typography>
      )}
      {status && (
        <>
          <Processes status={status} time={time} />
          <Events status={status} onDeadLetters={onDeadLetters} />
          <Jobs status={status} />
          <Database status={status} />
        </>
      )}
    </Part>
  );
}

export function EdgeCard({ edge, time }: { edge: Status["edge"]; time: string }) {
  const t = useText();
  const well = edge.parts.every(({ status }) => status === "SERVING");
  return (
    <Part name={t("admin.services.edge")} health={well ? "well" : "down"}>
      <Lines>
        <Line name={t("admin.system.version")} value={<bdi dir="ltr">{edge.version}</bdi>} />
        <Line name={t("admin.system.uptime")} value={formatDuration(secondsBetween(edge.startTime, time))} />
        {edge.parts.map(({ name, status }) => (
          <Line
            key={name}
            name={t(`admin.system.parts.${name}`, { _: name })}
            value={t(`admin.health.${status === "SERVING" ? "well" : "down"}`)}
            bad={status !== "SERVING"}
          />
        ))}
      </Lines>
    </Part>
  );
}

function Part({ name, health, children }: { name: string; health: Health; children: ReactNode }) {
  const { tokens } = useTheme();
  return (
    <Card
      component="section"
      aria-label={name}
      sx={{
        p: 4,
        borderBlockStart: health === "well" ? 0 : `3px solid ${health === "down" ? tokens.bad : tokens.warn}`,
      }}
    >
      <Stack direction="row" sx={{ justifyContent: "space-between", gap: 2, mb: 2 }}>
        <Typography variant="h2">
          <bdi>{name}</bdi>
        </Typography>
        <HealthMark health={health} />
      </Stack>
      <Stack sx={{ gap: 3 }}>{children}</Stack>
    </Card>
  );
}

function Lines({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <div>
      {title && (
        <Typography
          variant="caption"
          component="h3"
          color="textSecondary"
          sx={{ m: 0, mb: 1, fontWeight: 600 }}
        >
          {title}
        </Typography>
      )}
      <Box
        component="dl"
        sx={{
          m: 0,
          display: "grid",
          gridTemplateColumns: "minmax(42%, 1fr) minmax(0, auto)",
          columnGap: 4,
          rowGap: 1,
        }}
      >
        {children}
      </Box>
    </div>
  );
}

function Line({ name, value, bad = false }: { name: ReactNode; value: ReactNode; bad?: boolean }) {
  return (
    <>
      <Box component="dt" sx={{ minWidth: 0, overflowWrap: "anywhere" }}>
        {name}
      </Box>
      <Box
        component="dd"
        sx={{
          m: 0,
          textAlign: "end",
          fontVariantNumeric: "tabular-nums",
          color: bad ? "error.main" : "text.secondary",
          fontWeight: bad ? 600 : 400,
        }}
      >
        {value}
      </Box>
    </>
  );
}

/** Later than this an event loop has too much to do, seconds. */
const TOO_LATE = 0.1;

function Processes({ status, time }: { status: ServiceStatus; time: string }) {
  const t = useText();
  return (
    <Lines title={t("admin.system.processes", { count: status.processes.length })}>
      {status.processes.map((one) => (
        <Line
          key={`${one.host} ${one.pid}`}
          bad={one.loopLagSeconds > TOO_LATE}
          name={
            <>
              {t(`admin.system.roles.${one.role}`, { _: one.role })}{" "}
              <Box component="bdi" dir="ltr" sx={{ color: "text.secondary" }}>
                {[one.version, one.pid].join(" · ")}
              </Box>
            </>
          }
          value={t("admin.system.process", {
            uptime: formatDuration(secondsBetween(one.startTime, time)),
            memory: formatBytes(one.residentBytes),
          })}
        />
      ))}
    </Lines>
  );
}

function Events({ status, onDeadLetters }: { status: ServiceStatus; onDeadLetters: () => void }) {
  const t = useText();
  const { relay, consumers, brokerConnected } = status;
  const dead = consumers.some(({ deadLetters }) => deadLetters !== "0");
  return (
    <Lines title={t("admin.system.events")}>
      {!brokerConnected && <Line name={t("admin.system.broker")} value={t("admin.health.down")} bad />}
      {relay && (
        <Line
          name={t("admin.system.backlog")}
          value={
            relay.backlog
              ? t("admin.system.waiting", {
                  count: formatCount(relay.backlog, relay.backlogCapped),
                  age: formatDuration(relay.oldestAgeSeconds),
                })
              : formatNumber(0)
          }
        />
      )}
      {consumers.map((one) => (
        <Line
          key={`${one.name} ${one.source}`}
          name={t("admin.system.consumer", {
            name: `\u2068${one.name}\u2069`,
            source: t(`admin.services.${one.source}`, { _: one.source }),
          })}
          value={t("admin.system.consumed", {
            pending: formatInt64(one.pending),
            parked: formatInt64(one.parked),
            dead: formatInt64(one.deadLetters),
          })}
          bad={one.deadLetters !== "0"}
        />
      ))}
      {dead && (
        <Box component="dd" sx={{ m: 0, gridColumn: "1 / -1" }}>
          <Button variant="outlined" size="small" onClick={onDeadLetters}>
            {t("admin.system.showDead")}
          </Button>
        </Box>
      )}
    </Lines>
  );
}

function Jobs({ status }: { status: ServiceStatus }) {
  const t = useText();
  if (!status.jobs.length) return null;
  return (
    <Lines title={t("admin.system.jobs", { count: status.jobWorkers })}>
      {status.jobs.map((one) => (
        <Line
          key={one.task}
          name={<bdi dir="ltr">{one.task.split(":").at(-1)}</bdi>}
          value={t("admin.system.jobCounts", {
            waiting: formatInt64(one.waiting),
            running: formatInt64(one.running),
            failed: formatInt64(one.failed),
          })}
          bad={one.failed !== "0"}
        />
      ))}
    </Lines>
  );
}

function Database({ status: { database } }: { status: ServiceStatus }) {
  const t = useText();
  if (!database) return null;
  return (
    <Lines title={t("admin.system.database")}>
      <Line
        name={<bdi dir="ltr">{localDigits(t("admin.system.postgres", { version: database.version }))}</bdi>}
        value={formatBytes(database.sizeBytes)}
      />
      <Line
        name={t("admin.system.connections")}
        value={t("admin.system.ofMost", {
          count: formatNumber(database.connections),
          most: formatNumber(database.maxConnections),
        })}
      />
    </Lines>
  );
}
