import { useGetOne } from "ra-core";
import { Lock } from "lucide-react";
import { useSearchParams } from "react-router";
import type { Records } from "../../api/resources.ts";
import { FailurePage } from "../../frame/FailurePage.tsx";
import { useText } from "../../i18n/use.ts";
import { useMay } from "../../session/rights.ts";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { PageSkeleton } from "../../ui/PageSkeleton.tsx";
import { CheckStep } from "./CheckStep.tsx";
import { FileStep } from "./FileStep.tsx";
import { draftOf, UNTOUCHED } from "./useDraft.ts";
import { WizardSteps } from "./WizardSteps.tsx";

/** The way from a file to contacts: a file sent (?file=ID&name=…), or read again as another import did (?from=ID). */
export default function WizardPage() {
  const t = useText();
  const may = useMay();
  const [address] = useSearchParams();
  const [file, name, from] = [address.get("file"), address.get("name"), address.get("from")];
  if (!may("contact", "import"))
    return <EmptyState icon={Lock} title={t("imports.title")} body={t("errors.code7")} />;
  if (from) return <Again key={from} importId={from} />;
  if (file) return <CheckStep key={file} fileId={file} filename={name ?? ""} start={UNTOUCHED} />;
  return (
    <>
      <PageHeader title={t("imports.new")} />
      <WizardSteps current="file" />
      <FileStep />
    </>
  );
}

function Again({ importId }: { importId: string }) {
  const { data, error, isPending, refetch } = useGetOne<Records["imports"]>("imports", { id: importId });
  if (isPending) return <PageSkeleton />;
  if (!data) return <FailurePage error={error} resetErrorBoundary={() => void refetch()} />;
  return <CheckStep fileId={data.fileId} filename={data.filename} start={draftOf(data)} />;
}
