import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import { useMutation, useQuery, keepPreviousData } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";
import { createImport, type ImportOptions } from "../../api/imports.ts";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { PageSkeleton } from "../../ui/PageSkeleton.tsx";
import { ColumnsCard } from "./ColumnsCard.tsx";
import { FirstRows } from "./FirstRows.tsx";
import { columnsOf, hasIdentity, isReady } from "./mapping.ts";
import { ModeChoice } from "./ModeChoice.tsx";
import { ReadingCard } from "./ReadingCard.tsx";
import { understand } from "./understand.ts";
import { type Draft, readingOf, UNTOUCHED, useDraft } from "./useDraft.ts";
import { WizardSteps } from "./WizardSteps.tsx";

interface Props {
  fileId: string;
  filename: string;
  /** What to begin with. */
  start: Draft;
}

/** What was understood of the file, each part of it to be corrected in place; then it is tried out. */
export function CheckStep({ fileId, filename, start }: Props) {
  const t = useText();
  const navigate = useNavigate();
  const [draft, change] = useDraft(start);
  const { choices, mode } = draft;
  const reading = readingOf(draft);
  const preview = useQuery({
    queryKey: ["imports", "preview", fileId, reading],
    queryFn: ({ signal }) => understand(fileId, reading, signal),
    placeholderData: keepPreviousData,
  });
  const trial = useMutation({
    mutationFn: (options: ImportOptions) => createImport(fileId, options, true),
    onSuccess: ({ id }) => void navigate(`/imports/${id}`),
  });
  if (preview.isPending) return <PageSkeleton />;
  const found = preview.data;
  const understood = found?.options;
  const columns = found ? columnsOf(found.columns, found.options?.mapping ?? [], found.rows, choices) : [];
  const tryOut = () =>
    trial.mutate({
      ...understood,
      mode,
      mapping: columns.map(({ name, field }) => ({ column: name, field })),
    });
  const error = preview.error ?? trial.error;
  // What the person asked for can be the reason why the file is not understood.
  const touched = JSON.stringify(reading) !== JSON.stringify(readingOf(UNTOUCHED));
  const action = found && (
    <Button
      variant="contained"
      disabled={!isReady(columns) || preview.isFetching}
      loading={trial.isPending}
      onClick={tryOut}
    >
      {t("imports.check.try")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("imports.new")} about={<bdi>{filename}</bdi>} action={action} />
      <WizardSteps current="check" />
      <Stack sx={{ gap: 4 }} aria-busy={preview.isFetching}>
        {(found || touched) && <ReadingCard understood={understood} draft={draft} onChange={change} />}
        {error && (
          <Alert
            severity="error"
            role="alert"
            action={
              !found && (
                <Button component={Link} to="/imports/create" variant="outlined">
                  {t("imports.result.another")}
                </Button>
              )
            }
          >
            {describeError(error)}
          </Alert>
        )}
        {found && (
          <>
            <ColumnsCard
              columns={columns}
              onChoose={(name, field) => change({ choices: { ...choices, [name]: field } })}
            />
            {!hasIdentity(columns) && (
              <Alert severity="error" role="alert">
                {t("errors.MAPPING_NO_IDENTITY")}
              </Alert>
            )}
            <FirstRows columns={columns} rows={found.rows} />
            <ModeChoice mode={mode} onChange={(chosen) => change({ mode: chosen })} />
          </>
        )}
      </Stack>
    </>
  );
}
