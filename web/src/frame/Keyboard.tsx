// Keys that work everywhere: Ctrl-K, ?, and g followed by the letter of a place.
import { lazy, Suspense, useEffect, useRef } from "react";
import { useNavigate } from "react-router";
import { closePanel, openKeys, openPalette, usePanel } from "./panels.ts";
import { usePlaces } from "./places.ts";

const loadPalette = () => import("./Palette.tsx");
const Palette = lazy(loadPalette);
const KeysDialog = lazy(() => import("./KeysDialog.tsx"));
/** Milliseconds in which the letter after g must come. */
const AFTER_G = 1200;

/** Whether keys are text just now. */
function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

export function Keyboard() {
  const panel = usePanel();
  const navigate = useNavigate();
  const places = usePlaces();
  const gPressed = useRef(0);
  // Fetched before it is asked for: what one types right after Ctrl-K must not be lost.
  useEffect(() => void loadPalette(), []);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      // The key's place counts too: on a Persian keyboard it gives another letter.
      if ((event.ctrlKey || event.metaKey) && (event.key === "k" || event.code === "KeyK")) {
        event.preventDefault();
        openPalette();
        return;
      }
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        typing(event.target) ||
        document.querySelector("[role=dialog]")
      )
        return;
      if (event.key === "?" || event.key === "؟") openKeys();
      else if (event.code === "KeyG") gPressed.current = event.timeStamp;
      else if (event.timeStamp - gPressed.current < AFTER_G) {
        gPressed.current = 0;
        const place = places.find(({ letter }) => event.code === `Key${letter.toUpperCase()}`);
        if (place) void navigate(place.path);
      }
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [navigate, places]);
  return (
    <Suspense>
      {panel === "palette" && <Palette onClose={closePanel} />}
      {panel === "keys" && <KeysDialog onClose={closePanel} />}
    </Suspense>
  );
}
