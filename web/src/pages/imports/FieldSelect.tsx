import Autocomplete, { createFilterOptions } from "@mui/material/Autocomplete";
import TextField from "@mui/material/TextField";
import { useMemo } from "react";
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

function optionOf(t: Translate, field: string, group: Option["group"]): Option {
  return { field, group, label: fieldName(t, field) };
}

/** All fields, and the custom ones this column has or was proposed. */
function optionsOf(t: Translate, chosen: string, proposed: string): Option[] {
  const custom = [...new Set([chosen, proposed])].filter((field) => field.startsWith(CUSTOM));
  return [
    optionOf(t, "", "out"),
    ...Object.entries(FIELDS).flatMap(([group, fields]) =>
      fields.map((field) => optionOf(t, field, group as FieldGroup)),
    ),
    ...custom.map((field) => optionOf(t, field, "custom")),
  ];
}

const matching = createFilterOptions<Option>({ stringify: ({ label, field }) => `${label} ${field}` });

/** The field a column feeds: one of ours, a custom one by typing its name, or none. */
export function FieldSelect({ column, onChoose }: { column: Column; onChoose: (field: string) => void }) {
  const t = useText();
  const { field: chosen, proposed } = column;
  // The same objects from render to render: a value that is new to the Autocomplete undoes what is being typed.
  const options = useMemo(() => optionsOf(t, chosen, proposed), [t, chosen, proposed]);
  const value = options.find(({ field }) => field === chosen);
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
        return field && !known ? [...found, optionOf(t, field, "custom")] : found;
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
