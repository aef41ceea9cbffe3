import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import { useMutation } from "@tanstack/react-query";
import { useGetOne } from "ra-core";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { newId } from "../../api/client.ts";
import { createImport, type Import } from "../../api/imports.ts";
import type { Records } from "../../api/resources.ts";
import { FailurePage } from "../../frame/FailurePage.tsx";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { PageSkeleton } from "../../ui/PageSkeleton.tsx";
import { Counts } from "./Counts.tsx";
import { ImportAbout } from "./ImportAbout.tsx";
import { Progress } from "./Progress.tsx";
import { Rejected } from "./Rejected.tsx";
import { againPath, countsOf, isRunning, WATCH_EVERY } from "./state.ts";
import { Undo } from "./Undo.tsx";
import { WizardSteps } from "./WizardSteps.tsx";

/** One import or try-out: how far it is, then what it came to. */
export default function ImportPage() {
  const { id = "" } = useParams();
  const query = useGetOne<Records["imports"]>(
    "imports",
    { id },
    { refetchInterval: ({ state }) => (isRunning(state.data) ? WATCH_EVERY : false) },
  );
  if (query.isPending) return <PageSkeleton />;
  if (!query.data) return <FailurePage error={query.error} resetErrorBoundary={() => void query.refetch()} />;
  return <Content key={id} found={query.data} />;
}

function Content({ found }: { found: Import }) {
  const running = isRunning(found);
  const succeeded = found.state === "STATE_SUCCEEDED";
  return (
    <>
      <PageHeader
        title={found.filename}
        about={<ImportAbout found={found} />}
        extra={!running && <Extra found={found} />}
        action={succeeded && <Action found={found} />}
      />
      <WizardSteps current={found.dryRun ? "try" : "import"} finished={succeeded && !found.dryRun} />
      <Stack sx={{ gap: 4 }}>
        {!running && <Outcome found={found} />}
        {running && <Progress found={found} />}
        <Counts counts={countsOf(found)} />
        {!running && Number(found.rejectedCount) > 0 && <Rejected found={found} />}
      </Stack>
    </>
  );
}

/** What it came to, in a sentence; an import in earnest can be taken back. */
function Outcome({ found }: { found: Import }) {
  const t = useText();
  const count = Number(found.recordCount);
  const failed = found.state === "STATE_FAILED";
  if (!found.dryRun) {
    return (
      <Undo
        found={found}
        result={failed ? t("imports.result.failed") : t("imports.result.done", { count })}
      />
    );
  }
  return failed ? (
    <Alert severity="error" role="alert">
      {t("imports.result.tryFailed")}
      <div dir="auto" lang="en">
        {found.error}
      </div>
    </Alert>
  ) : (
    <Alert severity="info" role="status">
      {t("imports.result.tried", { count })}
    </Alert>
  );
}

/** What else one may want: read the file in another way, or another file. */
function Extra({ found }: { found: Import }) {
  const t = useText();
  return found.dryRun || found.state === "STATE_FAILED" ? (
    <Button variant="outlined" component={Link} to={againPath(found.id)}>
      {t("imports.result.correct")}
    </Button>
  ) : (
    <Button variant="outlined" component={Link} to="/imports/create">
      {t("imports.result.another")}
    </Button>
  );
}

function Action({ found }: { found: Import }) {
  const t = useText();
  return found.dryRun ? (
    <ImportNow trial={found} />
  ) : (
    <Button variant="contained" component={Link} to="/contacts">
      {t("imports.result.contacts")}
    </Button>
  );
}

/** Does in earnest what was tried out. Pressed twice, it is one import. */
function ImportNow({ trial }: { trial: Import }) {
  const t = useText();
  const navigate = useNavigate();
  const [requestId] = useState(newId);
  const { options } = trial;
  const start = useMutation({
    mutationFn: () => {
      const mapping = (options?.mapping ?? []).map(({ column, field }) => ({ column, field }));
      return createImport(trial.fileId, { ...options, mapping }, false, requestId);
    },
    onSuccess: ({ id }) => void navigate(`/imports/${id}`),
  });
  return (
    <>
      <Button variant="contained" loading={start.isPending} onClick={() => start.mutate()}>
        {t("imports.result.import")}
      </Button>
      {start.error && (
        <Alert severity="error" role="alert" sx={{ mt: 2 }}>
          {describeError(start.error)}
        </Alert>
      )}
    </>
  );
}
