import Avatar from "@mui/material/Avatar";
import { Building2 } from "lucide-react";
import { useParams } from "react-router";
import type { Row } from "../../api/changes.ts";
import type { Records } from "../../api/resources.ts";
import { HeadLine } from "../../record/HeadLine.tsx";
import { RecordPage } from "../../record/RecordPage.tsx";
import { CompanyRelated } from "./CompanyRelated.tsx";
import { companyKind, FIRST } from "./companyKind.tsx";

type Company = Records["companies"];

/** One company: what it is, who works there, what happened. */
export default function CompanyPage() {
  const { id = "" } = useParams();
  const of = (record: Row) => record as unknown as Company;
  return (
    <RecordPage
      key={id}
      kind={companyKind}
      id={id}
      first={FIRST}
      leading={() => (
        <Avatar
          variant="rounded"
          aria-hidden
          sx={{ width: 44, height: 44, bgcolor: "action.selected", color: "primary.main" }}
        >
          <Building2 size={22} />
        </Avatar>
      )}
      about={(record) => {
        const { industry, ownerId, tags } = of(record);
        return <HeadLine words={industry} ownerId={ownerId} tags={tags} />;
      }}
      related={(record) => <CompanyRelated company={of(record)} />}
    />
  );
}
