import { lazy } from "react";
import type { Page } from "../index.ts";

export const contacts: readonly Page[] = [
  {
    name: "contacts",
    list: lazy(() => import("./ContactList.tsx")),
    record: lazy(() => import("./ContactPage.tsx")),
  },
];
