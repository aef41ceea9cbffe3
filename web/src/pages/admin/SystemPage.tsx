// How every part of the system is, looked at again every few seconds while one watches.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import { CircleCheck, TriangleAlert, WifiOff } from "lucide-react";
import { useState } from "react";
import { formatTime } from "../../format/dates.ts";
import { FailurePage } from "../../frame/FailurePage.tsx";
import { useText } from "../../i18n/use.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { PageSkeleton } from "../../ui/PageSkeleton.tsx";
import { DeadLettersPanel } from "./DeadLettersPanel.tsx";
import { EdgeCard, ServiceCard } from "./ServiceCard.tsx";
import { healthOf, useSystemStatus } from "./system.ts";
import { Tabs } from "./Tabs.tsx";

export default function SystemPage() {
  const t = useText();
  const { data, error, isPending, refetch } = useSystemStatus();
  const [letters, setLetters] = useState("");
  const worst = data?.services.map(healthOf);
  const down = worst?.filter((one) => one === "down").length ?? 0;
  const well = data?.status === "SERVING" && worst?.every((one) => one === "well");
  return (
    <>
      <PageHeader
        title={t("admin.tabs.system")}
        about={data && t("admin.system.asOf", { time: formatTime(data.time) })}
      />
      <Tabs current="system" />
      {isPending && <PageSkeleton />}
      {error && !data && <FailurePage error={error} resetErrorBoundary={() => void refetch()} />}
      {data && (
        <>
          <Box aria-live="polite" sx={{ mb: 4 }}>
            {error ? (
              <Alert severity="warning" icon={<WifiOff size={18} />}>
                {t("admin.system.stale", { time: formatTime(data.time) })}
              </Alert>
            ) : well ? (
              <Alert severity="success" icon={<CircleCheck size={18} />}>
                {t("admin.system.well")}
              </Alert>
            ) : (
              <Alert severity={down ? "error" : "warning"} icon={<TriangleAlert size={18} />}>
                {down ? t("admin.system.down", { count: down }) : t("admin.system.look")}
              </Alert>
            )}
          </Box>
          <Box
            sx={{
              display: "grid",
              gap: 4,
              gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 400px), 1fr))",
              alignItems: "start",
            }}
          >
            {data.services.map((service) => (
              <ServiceCard
                key={service.name}
                service={service}
                time={data.time}
                onDeadLetters={() => setLetters(service.name)}
              />
            ))}
            <EdgeCard edge={data.edge} time={data.time} />
          </Box>
          <DeadLettersPanel service={letters} onClose={() => setLetters("")} />
        </>
      )}
    </>
  );
}
