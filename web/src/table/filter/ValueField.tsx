import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { chosenCalendar } from "../../format/locale.ts";
import { localDigits } from "../../format/numbers.ts";
import { useText } from "../../i18n/use.ts";
import { PersonPicker } from "../../ui/PersonPicker.tsx";
import { TeamPicker } from "../../ui/TeamPicker.tsx";
import type { Field } from "../types.ts";
import { CompanyValue } from "./CompanyValue.tsx";

interface Props {
  field: Field;
  value: string;
  onChange: (value: string) => void;
}

/** What a field is compared with, in the way its kind is chosen or written. */
export function ValueField({ field, value, onChange }: Props) {
  const t = useText();
  const label = t("table.filter.value");
  if (field.kind === "person") return <PersonPicker label={label} value={value} onChange={onChange} />;
  if (field.kind === "team") return <TeamPicker label={label} value={value} onChange={onChange} />;
  if (field.kind === "company") return <CompanyValue label={label} value={value} onChange={onChange} />;
  if (field.values)
    return (
      <TextField
        select
        fullWidth
        label={label}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      >
        {field.values.map((one) => (
          <MenuItem key={one.value} value={one.value}>
            {t(one.label)}
          </MenuItem>
        ))}
      </TextField>
    );
  const date = field.kind === "date";
  const plain = date || field.kind === "number" || field.kind === "address";
  return (
    <TextField
      fullWidth
      label={label}
      value={value}
      onChange={({ target }) => onChange(target.value)}
      slotProps={{
        htmlInput: {
          dir: plain ? "ltr" : "auto",
          autoComplete: "off",
          ...(date && {
            placeholder: localDigits(chosenCalendar() === "jalali" ? "1404/01/15" : "2025-04-04"),
          }),
        },
      }}
    />
  );
}
