/** As `inputRef`: focus comes to what opened because the person asked for it. Stable, so it happens once. */
export function focusOnce(element: HTMLElement | null): void {
  element?.focus();
}
