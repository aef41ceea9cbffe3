import Box from "@mui/material/Box";
import IconButton from "@mui/material/IconButton";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { Trash2 } from "lucide-react";
import { useText } from "../../i18n/use.ts";
import type { Field } from "../types.ts";
import { type Condition, fieldOf, needsValue, type OperatorName, OPERATORS } from "./conditions.ts";
import { ValueField } from "./ValueField.tsx";

interface Props {
  fields: readonly Field[];
  condition: Condition;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}

export function newCondition(field: Field): Condition {
  const name = field.kind === "custom" ? `${field.name}.` : field.name;
  return { kind: "condition", field: name, operator: OPERATORS[field.kind][0] ?? "is", value: "" };
}

/** Field, operator and value of one condition. */
export function ConditionRow({ fields, condition, onChange, onRemove }: Props) {
  const t = useText();
  const field = fieldOf(fields, condition.field) ?? fields[0];
  if (!field) return null;
  const choose = (name: string) => {
    const next = fields.find((one) => one.name === name);
    if (next) onChange(newCondition(next));
  };
  return (
    <Box
      role="group"
      aria-label={t("table.filter.condition")}
      sx={{
        display: "grid",
        gap: 2,
        alignItems: "start",
        gridTemplateColumns: {
          xs: "1fr 1fr 44px",
          sm: "minmax(120px, 1fr) minmax(120px, 1fr) minmax(160px, 1.4fr) 32px",
        },
        "& > :nth-of-type(3):not(button)": {
          gridColumn: { xs: "1 / 3", sm: "auto" },
          gridRow: { xs: 2, sm: "auto" },
        },
      }}
    >
      <TextField
        select
        label={t("table.filter.field")}
        value={field.name}
        onChange={({ target }) => choose(target.value)}
      >
        {fields.map((one) => (
          <MenuItem key={one.name} value={one.name}>
            {t(one.label)}
          </MenuItem>
        ))}
      </TextField>
      <TextField
        select
        label={t("table.filter.operator")}
        value={condition.operator}
        onChange={({ target }) => onChange({ ...condition, operator: target.value as OperatorName })}
      >
        {OPERATORS[field.kind].map((operator) => (
          <MenuItem key={operator} value={operator}>
            {t(operatorKey(field, operator))}
          </MenuItem>
        ))}
      </TextField>
      <Box sx={{ display: "grid", gap: 2 }}>
        {field.kind === "custom" && (
          <TextField
            label={t("table.filter.customName")}
            value={condition.field.split(".")[1] ?? ""}
            onChange={({ target }) =>
              onChange({ ...condition, field: `${field.name}.${target.value.trim().toLowerCase()}` })
            }
            slotProps={{ htmlInput: { dir: "ltr", autoComplete: "off" } }}
          />
        )}
        {needsValue(condition.operator) && (
          <ValueField
            field={field}
            value={condition.value}
            onChange={(value) => onChange({ ...condition, value })}
          />
        )}
      </Box>
      <IconButton
        aria-label={t("table.filter.remove")}
        onClick={onRemove}
        sx={{ gridRow: 1, gridColumn: -2, mt: 0.5 }}
      >
        <Trash2 size={16} />
      </IconButton>
    </Box>
  );
}

/** Days are before and after; what has a size is less and more; lists hold a tag. */
export function operatorKey(field: Field, operator: OperatorName): string {
  const kind = field.kind === "date" ? "date" : field.kind === "tag" ? "tag" : "any";
  return `table.operator.${kind}.${operator}`;
}
