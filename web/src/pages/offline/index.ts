import { lazy } from "react";
import type { Area } from "../index.ts";

export const area: Area = {
  pages: [{ path: "/offline", component: lazy(() => import("./OfflinePage.tsx")) }],
  places: [],
};
