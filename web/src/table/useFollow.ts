// Links to places of the app that are plain elements: one listener for all of a table's.
import { type MouseEvent, useCallback } from "react";
import { useNavigate } from "react-router";

/** Goes where the pressed link leads, without loading the app anew. A click that opens a new tab stays the browser's. */
export function useFollow(): (event: MouseEvent) => void {
  const navigate = useNavigate();
  return useCallback(
    (event) => {
      if (event.defaultPrevented || event.button !== 0) return;
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      const link = event.target instanceof Element ? event.target.closest("a[href^='/']") : null;
      const address = link?.getAttribute("href");
      if (!address) return;
      event.preventDefault();
      void navigate(address);
    },
    [navigate],
  );
}
