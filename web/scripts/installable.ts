// What makes the app installable and start without a network: a manifest in each language, and the service worker.
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { direction, LOCALES } from "../src/preferences/locales.ts";
import { light } from "../src/theme/tokens.ts";

const WORKER = "sw.js";
/** Kept at once: scripts, styles, and the letters of our languages. Others are kept when they were needed. */
const KEPT = /\.(js|css)$|-(latin|latin-ext|arabic)-wght-normal-[^/]*\.woff2$/;
const ALWAYS = ["/icon.svg"];

function manifest(locale: (typeof LOCALES)[number]): string {
  const path = new URL(`../src/i18n/${locale}/start.json`, import.meta.url);
  const texts = JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;
  const icon = (name: string, size: number, purpose = "any") => ({
    src: `/icons/${name}-${size}.png`,
    sizes: `${size}x${size}`,
    type: "image/png",
    purpose,
  });
  return JSON.stringify({
    id: "/",
    name: texts["product"],
    short_name: texts["product"],
    description: texts["subtitle"],
    lang: locale,
    dir: direction(locale),
    start_url: "/",
    scope: "/",
    display: "standalone",
    background_color: light.canvas,
    theme_color: light.canvas,
    icons: [
      { src: "/icon.svg", sizes: "any", type: "image/svg+xml", purpose: "any" },
      icon("icon", 192),
      icon("icon", 512),
      icon("maskable", 512, "maskable"),
    ],
  });
}

export function installable(): Plugin {
  return {
    name: "peyvand-installable",
    apply: "build",
    // The person's language is put in its place once it is known; see ThemeRoot.
    transformIndexHtml: () => [
      { tag: "link", attrs: { rel: "manifest", href: "/manifest.en.webmanifest" }, injectTo: "head" },
    ],
    buildStart() {
      this.emitFile({ type: "chunk", id: "src/worker/worker.ts", fileName: WORKER });
      for (const locale of LOCALES) {
        this.emitFile({
          type: "asset",
          fileName: `manifest.${locale}.webmanifest`,
          source: manifest(locale),
        });
      }
    },
    generateBundle(_, bundle) {
      const worker = bundle[WORKER];
      const entry = Object.values(bundle).find(
        (one) => one.type === "chunk" && one.isEntry && one.fileName !== WORKER,
      );
      if (worker?.type !== "chunk" || !entry) throw new Error("The build has no worker, or no entry.");
      const names = Object.keys(bundle).filter((name) => name.startsWith("assets/") && KEPT.test(name));
      const files = [...ALWAYS, ...names.sort().map((name) => `/${name}`)];
      worker.code = worker.code
        .replaceAll(/\bENTRY\b/g, () => JSON.stringify(`/${entry.fileName}`))
        .replaceAll(/\bFILES\b/g, () => JSON.stringify(files));
    },
  };
}
