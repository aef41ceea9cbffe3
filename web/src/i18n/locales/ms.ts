import type { Catalogue } from "../messages.ts";

export default import.meta.glob<Catalogue>("../ms/*.json", { eager: true, import: "default" });
