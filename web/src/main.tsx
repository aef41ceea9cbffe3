import "./theme/fonts.css";
import { createRoot } from "react-dom/client";
import { Root } from "./Root.tsx";
import { loadFirst } from "./i18n/load.ts";
import { preferences } from "./preferences/store.ts";
import { installWorker } from "./offline/install.ts";
import { findSession } from "./session/store.ts";

const root = createRoot(document.getElementById("root") as HTMLElement);
await Promise.all([loadFirst(preferences().locale), findSession()]);
root.render(<Root />);
if (import.meta.env.PROD) installWorker();
