import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import { useGetOne } from "ra-core";
import { useParams } from "react-router";
import type { Records } from "../../api/resources.ts";
import { FailurePage } from "../../frame/FailurePage.tsx";
import { useText } from "../../i18n/use.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { PageSkeleton } from "../../ui/PageSkeleton.tsx";
import { PersonAvatar } from "../../ui/PersonAvatar.tsx";
import { ContactFacts } from "./ContactFacts.tsx";

/** One customer: who it is and how to reach them. */
export default function ContactPage() {
  const t = useText();
  const { id = "" } = useParams();
  const { data: contact, error, isPending, refetch } = useGetOne<Records["contacts"]>("contacts", { id });
  if (isPending) return <PageSkeleton />;
  if (!contact) return <FailurePage error={error} resetErrorBoundary={() => void refetch()} />;
  const company = contact.companies.find((role) => role.primary) ?? contact.companies[0];
  const about = [contact.jobTitle, company?.companyName].filter(Boolean).join(t("common.listSeparator"));
  return (
    <>
      <PageHeader
        title={contact.displayName}
        about={<bdi>{about}</bdi>}
        leading={<PersonAvatar name={contact.displayName} size={40} />}
      />
      <Card sx={{ p: 4, maxWidth: 640 }}>
        <Stack sx={{ gap: 6 }}>
          <ContactFacts contact={contact} />
        </Stack>
      </Card>
    </>
  );
}
