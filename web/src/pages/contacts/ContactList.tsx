import { RecordTable } from "../../table/RecordTable.tsx";
import { contactTable } from "./ContactTable.tsx";

/** The contacts the person may see. */
export default function ContactList() {
  return <RecordTable config={contactTable} />;
}
