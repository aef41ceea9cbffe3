// A defect of ours in a page: say so, keep the rest usable.
import Button from "@mui/material/Button";
import { TriangleAlert } from "lucide-react";
import { ApiError } from "../api/errors.ts";
import { describeError } from "../i18n/errors.ts";
import { useText } from "../i18n/use.ts";
import { EmptyState } from "../ui/EmptyState.tsx";

interface Props {
  error: unknown;
  resetErrorBoundary: (...values: unknown[]) => void;
}

export function FailurePage({ error, resetErrorBoundary }: Props) {
  const t = useText();
  const refused = error instanceof ApiError;
  return (
    <EmptyState
      icon={TriangleAlert}
      title={t("frame.failure.title")}
      body={refused ? describeError(error) : t("frame.failure.body")}
      action={
        <>
          <Button variant="contained" onClick={() => resetErrorBoundary()}>
            {t("frame.failure.again")}
          </Button>
          {!refused && (
            <Button variant="outlined" onClick={() => location.reload()}>
              {t("frame.failure.reload")}
            </Button>
          )}
        </>
      }
    />
  );
}
