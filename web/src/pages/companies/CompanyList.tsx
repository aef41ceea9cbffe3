import { RecordTable } from "../../table/RecordTable.tsx";
import { companyTable } from "./CompanyTable.tsx";

/** The companies the person may see. */
export default function CompanyList() {
  return <RecordTable config={companyTable} />;
}
