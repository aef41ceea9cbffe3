// Sign-in or the app: the app's code is fetched while one types.
import { lazy, Suspense, useEffect } from "react";
import { Splash } from "./session/Splash.tsx";
import { SignInPage } from "./session/SignInPage.tsx";
import { Unreachable } from "./session/Unreachable.tsx";
import { useSession } from "./session/store.ts";
import { ThemeRoot } from "./theme/ThemeRoot.tsx";

const loadAdmin = () => import("./admin/Admin.tsx");
const Admin = lazy(loadAdmin);

export function Root() {
  return (
    <ThemeRoot>
      <Door />
    </ThemeRoot>
  );
}

function Door() {
  const { state } = useSession();
  useEffect(() => {
    if (state === "signedOut") void loadAdmin();
  }, [state]);
  if (state === "signedOut") return <SignInPage />;
  if (state === "unreachable") return <Unreachable />;
  if (state === "checking") return <Splash />;
  return (
    <Suspense fallback={<Splash />}>
      <Admin />
    </Suspense>
  );
}
