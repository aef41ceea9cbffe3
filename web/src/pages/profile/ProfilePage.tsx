// My own account: who I am, how the app speaks to me, my password, where I am signed in.
import Stack from "@mui/material/Stack";
import { useText } from "../../i18n/use.ts";
import { useSession } from "../../session/store.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { PersonAvatar } from "../../ui/PersonAvatar.tsx";
import { AboutMe } from "./AboutMe.tsx";
import { Appearance } from "./Appearance.tsx";
import { ChangePassword } from "./ChangePassword.tsx";
import { Region } from "./Region.tsx";
import { Section } from "./Section.tsx";
import { Sessions } from "./Sessions.tsx";

export default function ProfilePage() {
  const t = useText();
  const session = useSession();
  const user = session.state === "signedIn" ? session.me.user : undefined;
  if (!user) return null;
  return (
    <>
      <PageHeader
        title={t("profile.title")}
        about={t("profile.about")}
        leading={<PersonAvatar name={user.displayName} size={40} />}
      />
      <Stack sx={{ gap: 4, maxWidth: 760 }}>
        <AboutMe user={user} />
        <Region />
        <Appearance />
        <Section title={t("profile.password.title")} about={t("profile.password.about")}>
          <ChangePassword email={user.email} />
        </Section>
        <Sessions />
      </Stack>
    </>
  );
}
