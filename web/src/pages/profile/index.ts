import { CircleUserRound } from "lucide-react";
import { lazy } from "react";
import type { Area } from "../index.ts";

export const area: Area = {
  pages: [{ path: "/profile", component: lazy(() => import("./ProfilePage.tsx")) }],
  places: [
    {
      name: "profile.title",
      path: "/profile",
      icon: CircleUserRound,
      letter: "p",
      where: "me",
      order: 10,
    },
  ],
};
