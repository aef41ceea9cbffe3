import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { parseDay, typedDay } from "../../format/calendar.ts";
import { chosenCalendar } from "../../format/locale.ts";
import { useText } from "../../i18n/use.ts";
import { DateField } from "../../ui/DateField.tsx";
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
  const day = field.kind === "date" ? parseDay(value, chosenCalendar()) : undefined;
  // A filter that was written may hold an instant, which is no day: it stays as it is.
  if (field.kind === "date" && (day || !value))
    return (
      <DateField
        labelled
        label={label}
        value={day}
        onChange={(chosen) => onChange(chosen ? typedDay(chosen, "gregorian") : "")}
      />
    );
  const plain = field.kind === "date" || field.kind === "number" || field.kind === "address";
  return (
    <TextField
      fullWidth
      label={label}
      value={value}
      onChange={({ target }) => onChange(target.value)}
      slotProps={{ htmlInput: { dir: plain ? "ltr" : "auto", autoComplete: "off" } }}
    />
  );
}
