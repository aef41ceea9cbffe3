import type { Catalogue } from "../messages.ts";

export default import.meta.glob<Catalogue>("../fa/*.json", { eager: true, import: "default" });
