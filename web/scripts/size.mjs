// The scripts that a browser loads for a page, in brotli, against their budgets. Fails when one is passed.
import { readFile } from "node:fs/promises";
import { brotliCompressSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", dist), "utf8"));
const KB = 1000;

// Each page: the modules whose code it needs, as a person reaches it first.
const first = ["index.html", "src/i18n/fa/start.json", "src/i18n/fa/errors.json"];
const table = [
  ...first,
  "src/admin/Admin.tsx",
  "src/i18n/locales/fa.ts",
  "src/pages/contacts/ContactList.tsx",
];
const budgets = [
  { page: "sign-in", modules: first, limit: 300 * KB },
  { page: "first table (contacts)", modules: table, limit: 600 * KB },
];

function files(modules) {
  const found = new Set();
  const visit = (name) => {
    const chunk = manifest[name];
    if (!chunk) throw new Error(`size: the build has no chunk ${name}`);
    if (found.has(chunk.file)) return;
    found.add(chunk.file);
    (chunk.imports ?? []).forEach(visit);
  };
  modules.forEach(visit);
  return [...found].filter((file) => file.endsWith(".js"));
}

let passed = true;
for (const { page, modules, limit } of budgets) {
  const names = files(modules);
  const sizes = await Promise.all(
    names.map(async (name) => brotliCompressSync(await readFile(new URL(name, dist))).length),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const within = total <= limit;
  passed &&= within;
  const verdict = within ? "ok" : "TOO MUCH";
  console.log(
    `size: ${page}: ${(total / KB).toFixed(0)} KB of script in brotli (${names.length} files), at most ${limit / KB} KB: ${verdict}`,
  );
}
process.exit(passed ? 0 : 1);
