import { Bell } from "lucide-react";
import { lazy } from "react";
import type { Area } from "../index.ts";

export const area: Area = {
  pages: [{ path: "/notifications", component: lazy(() => import("./NotificationsPage.tsx")) }],
  places: [
    {
      name: "notifications.title",
      path: "/notifications",
      icon: Bell,
      letter: "n",
      where: "me",
      order: 20,
    },
  ],
};
