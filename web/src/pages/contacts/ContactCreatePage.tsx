import Card from "@mui/material/Card";
import { useNavigate } from "react-router";
import { useText } from "../../i18n/use.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { recordPath } from "../../ui/paths.ts";
import { ContactForm } from "./ContactForm.tsx";

export default function ContactCreatePage() {
  const t = useText();
  const navigate = useNavigate();
  return (
    <>
      <PageHeader title={t("contacts.new")} />
      <Card sx={{ px: 4, pt: 4, maxWidth: 640, overflow: "visible" }}>
        <ContactForm
          onDone={(contact) => void navigate(recordPath("contacts", contact.id))}
          onCancel={() => void navigate("/contacts")}
        />
      </Card>
    </>
  );
}
