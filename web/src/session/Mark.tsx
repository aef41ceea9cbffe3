// The mark: two links of a chain. It is a picture of its own and never mirrored.
import { useTheme } from "@mui/material/styles";

export function Mark({ size }: { size: number }) {
  const { tokens } = useTheme();
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill={tokens.accent} />
      <g fill="none" stroke={tokens.accentInk} strokeWidth="2.6" strokeLinecap="round">
        <path d="M14.2 19.6a4.6 4.6 0 0 1 0-6.5l3-3a4.6 4.6 0 0 1 6.5 6.5l-1.5 1.5" />
        <path d="M17.8 12.4a4.6 4.6 0 0 1 0 6.5l-3 3a4.6 4.6 0 0 1-6.5-6.5l1.5-1.5" />
      </g>
    </svg>
  );
}
