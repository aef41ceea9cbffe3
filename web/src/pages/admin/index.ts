import { ShieldCheck } from "lucide-react";
import { lazy } from "react";
import type { Area } from "../index.ts";

const UsersPage = lazy(() => import("./UsersPage.tsx"));

export const area: Area = {
  pages: [
    { path: "/administration", component: UsersPage },
    { path: "/administration/users/:id", component: lazy(() => import("./UserPage.tsx")) },
    { path: "/administration/roles", component: lazy(() => import("./RolesPage.tsx")) },
    { path: "/administration/teams", component: lazy(() => import("./TeamsPage.tsx")) },
    { path: "/administration/system", component: lazy(() => import("./SystemPage.tsx")) },
    { path: "/administration/api", component: lazy(() => import("./ApiPage.tsx")) },
  ],
  places: [
    {
      name: "admin.title",
      path: "/administration",
      icon: ShieldCheck,
      needs: ["user", "administer"],
      letter: "a",
      where: "last",
      order: 90,
    },
  ],
};
