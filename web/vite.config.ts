import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { installable } from "./scripts/installable.ts";

// The address of a running system that `npm run dev` works against.
const system = process.env["CRM_PUBLIC_URL"] ?? "http://localhost:8080";

export default defineConfig({
  plugins: [react(), installable()],
  // The edge puts a new nonce in its place with every answer; see gateway/edge/web.py.
  html: { cspNonce: "CSP_NONCE" },
  build: {
    target: "es2022",
    // For scripts/size.mjs; the edge does not serve what begins with a dot.
    manifest: true,
    // A file inlined as data: would fall to the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
  },
  server: {
    proxy: {
      "^/(v1|auth|docs|openapi.json|healthz)": { target: system, changeOrigin: true },
    },
  },
});
