import type { CSSProperties } from "react";

/** Pairs of ground and ink that the theme has for `.avatar`. */
const PAIRS = 4;

/** Initials of at most two words, in any script; hidden from screen readers, since the name stands beside it. */
export function PersonAvatar({ name, size = 32 }: { name: string; size?: number }) {
  const pair = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % PAIRS;
  return (
    <span className={`avatar avatar-${pair}`} style={{ "--size": `${size}px` } as CSSProperties} aria-hidden>
      {initials(name)}
    </span>
  );
}

export function initials(name: string): string {
  const words = name.split(/[\s@._-]+/u).filter((word) => /\p{L}/u.test(word));
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  // Persian letters would join into one: a zero-width non-joiner keeps them apart.
  return chosen
    .map((word) => [...(word ?? "")].find((letter) => /\p{L}/u.test(letter)) ?? "")
    .join("\u200c")
    .toLocaleUpperCase();
}
