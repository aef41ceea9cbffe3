// Where one is. A page says the last step of its path; the frame knows the place it belongs to.
import { useEffect, useSyncExternalStore } from "react";
import { useText } from "../i18n/use.ts";

let current = "";
const listeners = new Set<() => void>();

function set(title: string): void {
  current = title;
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePageTitle(): string {
  return useSyncExternalStore(subscribe, () => current);
}

/** Names the page in the crumbs and in the browser's tab. */
export function useTitle(title: string): void {
  const product = useText()("start.product");
  useEffect(() => {
    set(title);
    document.title = title ? `${title} · ${product}` : product;
    return () => set("");
  }, [title, product]);
}
