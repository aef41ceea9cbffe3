import { Building2 } from "lucide-react";
import { lazy } from "react";
import type { Area } from "../index.ts";

export const area: Area = {
  pages: [
    {
      name: "companies",
      list: lazy(() => import("./CompanyList.tsx")),
      create: lazy(() => import("./CompanyCreatePage.tsx")),
      record: lazy(() => import("./CompanyPage.tsx")),
    },
  ],
  places: [
    {
      name: "companies.title",
      path: "/companies",
      icon: Building2,
      needs: ["company", "read"],
      letter: "o",
      where: "main",
      order: 20,
    },
  ],
};
