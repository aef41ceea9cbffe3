// Installs the service worker, and hears when it brought a newer version than the one on the screen.
import { useSyncExternalStore } from "react";

/** Milliseconds between two looks for a new version, for pages that stay open for days. */
const LOOK = 3_600_000;

const listeners = new Set<() => void>();
let newer = false;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether a reload would bring a newer version of the app. */
export function useNewerVersion(): boolean {
  return useSyncExternalStore(subscribe, () => newer);
}

function hear(event: MessageEvent<{ entry?: string }>): void {
  const here = document.querySelector<HTMLScriptElement>("script[type=module][src]")?.src;
  const { entry } = event.data;
  if (!entry || !here || new URL(here).pathname === entry) return;
  newer = true;
  listeners.forEach((listener) => listener());
}

/** Does nothing where the browser has no workers, or the page is not on a secure address. */
export function installWorker(): void {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("message", hear);
  const install = () => {
    navigator.serviceWorker.register("/sw.js").then(
      (worker) => {
        let last = Date.now();
        addEventListener("visibilitychange", () => {
          if (document.hidden || Date.now() - last < LOOK) return;
          last = Date.now();
          // Without a network there is no newer version to be had.
          void worker.update().catch(() => undefined);
        });
      },
      // The app works without it; it only does not start without a network.
      () => undefined,
    );
  };
  // What the page itself needs comes first.
  if (document.readyState === "complete") install();
  else addEventListener("load", install, { once: true });
}
