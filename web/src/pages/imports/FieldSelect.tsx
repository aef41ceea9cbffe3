import Autocomplete, { createFilterOptions } from "@mui/material/Autocomplete";
import TextField from "@mui/material/TextField";
import { type Translate, useText } from "../../i18n/use.ts";
import { type Column, CUSTOM, customField, type FieldGroup, FIELDS } from "./mapping.ts";

interface Option {
  field: string;
  label: string;
  group: FieldGroup | "out";
}

/** What a field is called; a custom one by its own name. */
export function fieldName(t: Translate, field: string): string {
  if (field === "") return t("imports.columns.out");
  return field.startsWith(CUSTOM)
    ? t("imports.columns.custom", { name: field.slice(CUSTOM.length) })
    : t(`imports.fields.${field}`);
}

const matching = createFilterOptions<Option>({ stringify: ({ label, field }) => `${label} ${field}` });

/** The field a column feeds: one of ours, a custom one by typing its name, or none. */
export function FieldSelect({ column, onChoose }: { column: Column; onChoose: (field: string) => void }) {
  const t = useText();
  const option = (field: string, group: Option["group"]): Option => ({
    field,
    group,
    label: fieldName(t, field),
  });
  const custom = [...new Set([column.field, column.proposed])].filter((field) => field.startsWith(CUSTOM));
  const options = [
    option("", "out"),
    ...Object.entries(FIELDS).flatMap(([group, fields]) =>
      fields.map((field) => option(field, group as FieldGroup)),
    ),
    ...custom.map((field) => option(field, "custom")),
  ];
  const value = options.find(({ field }) => field === column.field);
  return (
    <Autocomplete
      fullWidth
      options={options}
      value={value as Option}
      disableClearable
      autoHighlight
      groupBy={({ group }) => (group === "out" ? "" : t(`imports.groups.${group}`))}
      isOptionEqualToValue={(one, other) => one.field === other.field}
      getOptionLabel={({ label }) => label}
      filterOptions={(all, state) => {
        const found = matching(all, state);
        const field = customField(state.inputValue);
        const known = all.some((one) => one.field === field || one.label === state.inputValue.trim());
        return field && !known ? [...found, option(field, "custom")] : found;
      }}
      onChange={(_, { field }) => onChoose(field)}
      noOptionsText={t("imports.columns.noField")}
      openText={t("imports.open")}
      closeText={t("common.close")}
      renderInput={(props) => (
        <TextField
          {...props}
          error={column.repeated}
          helperText={column.repeated && t("imports.columns.repeated")}
          slotProps={{
            ...props.slotProps,
            htmlInput: {
              ...props.slotProps.htmlInput,
              "aria-label": t("imports.columns.feeds", { column: column.name }),
            },
          }}
        />
      )}
    />
  );
}
