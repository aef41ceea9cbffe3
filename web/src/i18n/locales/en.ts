import type { Catalogue } from "../messages.ts";

export default import.meta.glob<Catalogue>("../en/*.json", { eager: true, import: "default" });
