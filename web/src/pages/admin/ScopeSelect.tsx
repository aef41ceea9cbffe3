// One cell of the matrix: a native select, so that keyboards, screen readers and telephones know what to do.
import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import { useText } from "../../i18n/use.ts";
import { type Scope, SCOPES } from "./matrix.ts";
import { ScopeMark } from "./ScopeMark.tsx";

interface Props {
  /** "Contacts: delete" */
  label: string;
  scope: Scope;
  changed: boolean;
  disabled: boolean;
  onChange: (scope: Scope) => void;
}

export function ScopeSelect({ label, scope, changed, disabled, onChange }: Props) {
  const t = useText();
  const { tokens } = useTheme();
  const name = changed ? t("admin.matrix.changedCell", { label }) : label;
  return (
    <Box
      sx={{
        display: "inline-flex",
        alignItems: "center",
        gap: 1,
        minWidth: 96,
        ps: 2,
        paddingInlineStart: 2,
        borderRadius: 1,
        border: 1,
        borderColor: changed ? tokens.warn : "transparent",
        background: changed ? tokens.warnTint : "transparent",
        "&:hover, &:focus-within": { borderColor: changed ? tokens.warn : tokens.field },
      }}
    >
      <ScopeMark scope={scope} />
      <Box
        component="select"
        aria-label={name}
        value={scope}
        disabled={disabled}
        onChange={(event) => onChange(event.target.value as Scope)}
        sx={{
          appearance: "none",
          border: 0,
          background: "transparent",
          font: "inherit",
          color: scope === "SCOPE_NONE" ? tokens.soft : tokens.ink,
          fontWeight: changed ? 600 : 400,
          minHeight: 30,
          "@media (pointer: coarse)": { minHeight: 44 },
          flex: 1,
          cursor: disabled ? "default" : "pointer",
          opacity: 1,
          "& option": { background: tokens.paper, color: tokens.ink },
        }}
      >
        {SCOPES.map((one) => (
          <option key={one} value={one}>
            {t(`admin.scopes.${one}`)}
          </option>
        ))}
      </Box>
    </Box>
  );
}
