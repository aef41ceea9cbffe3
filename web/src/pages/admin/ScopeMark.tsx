// How far a right reaches, as three steps that fill: one, some, all. Words stand beside it or in its label.
import { useTheme } from "@mui/material/styles";
import { type Scope, SCOPES } from "./matrix.ts";

export function ScopeMark({ scope }: { scope: Scope }) {
  const { tokens } = useTheme();
  const reach = SCOPES.findIndex((one) => one === scope);
  return (
    <svg width="18" height="12" viewBox="0 0 18 12" aria-hidden="true" focusable="false" className="mirror">
      {[1, 2, 3].map((step) => (
        <rect
          key={step}
          x={(step - 1) * 6 + 1}
          y={9 - step * 2.6}
          width="4"
          height={2 + step * 2.6}
          rx="1"
          fill={step <= reach ? tokens.accent : tokens.line}
        />
      ))}
    </svg>
  );
}
