import Avatar from "@mui/material/Avatar";
import { useTheme } from "@mui/material/styles";

/** Initials of at most two words, in any script; hidden from screen readers, since the name stands beside it. */
export function PersonAvatar({ name, size = 32 }: { name: string; size?: number }) {
  const { tokens } = useTheme();
  const grounds = [
    [tokens.accentTint, tokens.accent],
    [tokens.infoTint, tokens.info],
    [tokens.goodTint, tokens.good],
    [tokens.warnTint, tokens.warn],
  ] as const;
  const [ground, ink] =
    grounds[[...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % grounds.length] ??
    grounds[0];
  return (
    <Avatar
      aria-hidden
      sx={{
        width: size,
        height: size,
        fontSize: Math.round(size * 0.4),
        fontWeight: 600,
        bgcolor: ground,
        color: ink,
      }}
    >
      {initials(name)}
    </Avatar>
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
