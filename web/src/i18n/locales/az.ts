import type { Catalogue } from "../messages.ts";

export default import.meta.glob<Catalogue>("../az/*.json", { eager: true, import: "default" });
