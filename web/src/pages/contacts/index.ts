import { Users } from "lucide-react";
import { lazy } from "react";
import type { Area } from "../index.ts";

export const area: Area = {
  pages: [
    {
      name: "contacts",
      list: lazy(() => import("./ContactList.tsx")),
      create: lazy(() => import("./ContactCreatePage.tsx")),
      record: lazy(() => import("./ContactPage.tsx")),
    },
  ],
  places: [
    {
      name: "contacts.title",
      path: "/contacts",
      icon: Users,
      needs: ["contact", "read"],
      letter: "c",
      where: "main",
      order: 10,
    },
  ],
};
