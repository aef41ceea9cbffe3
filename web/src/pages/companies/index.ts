import { lazy } from "react";
import type { Area } from "../index.ts";

export const area: Area = {
  pages: [
    {
      name: "companies",
      create: lazy(() => import("./CompanyCreatePage.tsx")),
      record: lazy(() => import("./CompanyPage.tsx")),
    },
  ],
  places: [],
};
