// What can be opened over any page from anywhere: the palette and the list of keys.
import { useSyncExternalStore } from "react";

type Panel = "palette" | "keys" | "";

let current: Panel = "";
const listeners = new Set<() => void>();

export function openPanel(panel: Panel): void {
  current = panel;
  listeners.forEach((listener) => listener());
}

export const openPalette = () => openPanel("palette");
export const openKeys = () => openPanel("keys");
export const closePanel = () => openPanel("");

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePanel(): Panel {
  return useSyncExternalStore(subscribe, () => current);
}
