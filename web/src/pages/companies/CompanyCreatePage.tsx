import Card from "@mui/material/Card";
import { useDataProvider, useNotify } from "ra-core";
import { useNavigate } from "react-router";
import type { Row } from "../../api/changes.ts";
import { useText } from "../../i18n/use.ts";
import { writeDraft } from "../../record/drafts.ts";
import { RecordForm } from "../../record/RecordForm.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { recordPath } from "../../ui/paths.ts";
import { CompanyDuplicates } from "./CompanyDuplicates.tsx";
import { companyKind, FIRST } from "./companyKind.tsx";

const EMPTY: Row = { id: "" };
const DRAFT = "companies.new";

export default function CompanyCreatePage() {
  const t = useText();
  const navigate = useNavigate();
  const notify = useNotify();
  const dataProvider = useDataProvider();
  const save = async (_: Row, mine: Row) => {
    const { id, ...data } = mine;
    const { data: made } = await dataProvider.create<Row>("companies", { data });
    writeDraft(DRAFT, undefined);
    notify("companies.created", {
      type: "info",
      messageArgs: { name: `\u2068${String(made["name"])}\u2069` },
    });
    void navigate(recordPath("companies", made.id));
  };
  return (
    <>
      <PageHeader title={t("companies.new")} />
      <Card sx={{ px: 4, pt: 4, maxWidth: 640, overflow: "visible" }}>
        <RecordForm
          kind={companyKind}
          first={FIRST}
          base={EMPTY}
          draftKey={DRAFT}
          onSave={save}
          onCancel={() => void navigate("/companies")}
          save={t("companies.create")}
          aside={(record) => <CompanyDuplicates record={record} />}
        />
      </Card>
    </>
  );
}
