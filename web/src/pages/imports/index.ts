import { FileUp } from "lucide-react";
import { lazy } from "react";
import type { Area } from "../index.ts";

export const area: Area = {
  pages: [
    {
      name: "imports",
      list: lazy(() => import("./ImportList.tsx")),
      create: lazy(() => import("./WizardPage.tsx")),
      record: lazy(() => import("./ImportPage.tsx")),
    },
  ],
  places: [
    {
      name: "imports.title",
      path: "/imports",
      icon: FileUp,
      needs: ["contact", "import"],
      letter: "i",
      where: "last",
      order: 10,
    },
  ],
};
