// The app behind sign-in: react-admin's core inside our frame.
import { CoreAdminContext, CoreAdminUI, CustomRoutes, Resource } from "ra-core";
import { use, useEffect } from "react";
import { createBrowserRouter, Route } from "react-router";
import { RouterProvider } from "react-router/dom";
import { authProvider } from "../api/authProvider.ts";
import { dataProvider } from "../api/dataProvider.ts";
import { online } from "../api/connection.ts";
import { Frame } from "../frame/Frame.tsx";
import { NotFoundPage } from "../frame/NotFoundPage.tsx";
import { FailurePage } from "../frame/FailurePage.tsx";
import { useSession } from "../session/store.ts";
import { PageSkeleton } from "../ui/PageSkeleton.tsx";
import { loadAll } from "../i18n/load.ts";
import { keepAnswers, restore } from "../offline/keep.ts";
import { preferences, usePreferences } from "../preferences/store.ts";
import { pages, type Page } from "../pages/index.ts";
import { FirstPassword } from "../pages/profile/FirstPassword.tsx";
import { LiveUpdates } from "./LiveUpdates.tsx";
import { i18nProvider } from "./i18nProvider.ts";
import { queryClient } from "./queryClient.ts";
import { store } from "./store.ts";

const loaded = new Map<string, Promise<void>>();

function catalogues(locale: Parameters<typeof loadAll>[0]): Promise<void> {
  const loading = loaded.get(locale) ?? loadAll(locale);
  loaded.set(locale, loading);
  return loading;
}

void catalogues(preferences().locale);

const restored = new Map<string, Promise<void>>();

/** What this device keeps of the person, read once, where the server cannot be asked. */
function memory(user: string): Promise<void> {
  const reading = restored.get(user) ?? (online() ? Promise.resolve() : restore(queryClient, user));
  restored.set(user, reading);
  return reading;
}

const router = createBrowserRouter([{ path: "*", element: <App /> }]);

export default function Admin() {
  const session = useSession();
  use(catalogues(usePreferences().locale));
  use(memory(session.state === "signedIn" ? (session.me.user?.id ?? "") : ""));
  return <RouterProvider router={router} />;
}

function App() {
  // Other people's records do not stay in memory after signing out.
  useEffect(() => () => queryClient.clear(), []);
  const session = useSession();
  const user = session.state === "signedIn" ? session.me.user?.id : undefined;
  useEffect(() => (user ? keepAnswers(queryClient, user) : undefined), [user]);
  const firstPassword = session.state === "signedIn" && session.me.passwordChangeRequired;
  return (
    <CoreAdminContext
      authProvider={authProvider}
      dataProvider={dataProvider}
      i18nProvider={i18nProvider}
      queryClient={queryClient}
      store={store}
    >
      {firstPassword ? (
        <FirstPassword email={session.me.user?.email ?? ""} />
      ) : (
        <>
          <LiveUpdates />
          <CoreAdminUI
            layout={Frame}
            catchAll={NotFoundPage}
            error={FailurePage}
            loading={PageSkeleton}
            disableTelemetry
            title=""
          >
            {pages.map(toRoute)}
          </CoreAdminUI>
        </>
      )}
    </CoreAdminContext>
  );
}

function toRoute(page: Page) {
  if (page.path !== undefined) {
    return (
      <CustomRoutes key={page.path}>
        <Route path={page.path} element={<page.component />} />
      </CustomRoutes>
    );
  }
  const { name, list, create, record } = page;
  // A record has one page, where one also edits it: what react-admin calls its edit page.
  return (
    <Resource
      key={name}
      name={name}
      {...(list && { list })}
      {...(create && { create })}
      {...(record && { edit: record })}
    />
  );
}
