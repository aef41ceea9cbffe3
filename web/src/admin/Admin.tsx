// The app behind sign-in: react-admin's core inside our frame.
import { CoreAdminContext, CoreAdminUI, CustomRoutes, Resource } from "ra-core";
import { use, useEffect } from "react";
import { createBrowserRouter, Route } from "react-router";
import { RouterProvider } from "react-router/dom";
import { authProvider } from "../api/authProvider.ts";
import { dataProvider } from "../api/dataProvider.ts";
import { Frame } from "../frame/Frame.tsx";
import { NotFoundPage } from "../frame/NotFoundPage.tsx";
import { FailurePage } from "../frame/FailurePage.tsx";
import { PageSkeleton } from "../ui/PageSkeleton.tsx";
import { loadAll } from "../i18n/load.ts";
import { preferences, usePreferences } from "../preferences/store.ts";
import { pages, type Page } from "../pages/index.ts";
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

const router = createBrowserRouter([{ path: "*", element: <App /> }]);

export default function Admin() {
  use(catalogues(usePreferences().locale));
  return <RouterProvider router={router} />;
}

function App() {
  // Other people's records do not stay in memory after signing out.
  useEffect(() => () => queryClient.clear(), []);
  return (
    <CoreAdminContext
      authProvider={authProvider}
      dataProvider={dataProvider}
      i18nProvider={i18nProvider}
      queryClient={queryClient}
      store={store}
    >
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
