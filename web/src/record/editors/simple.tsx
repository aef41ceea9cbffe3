// Editors of one input each. In place, Enter takes the value; in a form there is nothing to take.
import Autocomplete from "@mui/material/Autocomplete";
import TextField from "@mui/material/TextField";
import { useGetList } from "ra-core";
import type { KeyboardEvent } from "react";
import type { Records } from "../../api/resources.ts";
import { latinDigits, type PartialDay } from "../../format/calendar.ts";
import { languages } from "../../format/regions.ts";
import { localDigits } from "../../format/numbers.ts";
import { useText } from "../../i18n/use.ts";
import { DateField } from "../../ui/DateField.tsx";
import { focusOnce } from "../../ui/focusOnce.ts";
import type { EditorProps } from "../types.ts";

export interface Choice {
  value: string;
  name: string;
}

function onEnter(done: (() => void) | undefined) {
  return (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !done) return;
    event.preventDefault();
    done();
  };
}

export function TextEditor({ value, onChange, onDone, wrong, label, focused }: EditorProps<string>) {
  return (
    <TextField
      fullWidth
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={onEnter(onDone && (() => onDone()))}
      error={Boolean(wrong(""))}
      helperText={wrong("")}
      inputRef={focused ? focusOnce : undefined}
      slotProps={{ htmlInput: { "aria-label": label, dir: "auto", autoComplete: "off" } }}
    />
  );
}

export function NumberEditor({ value, onChange, onDone, wrong, label, focused }: EditorProps<number>) {
  return (
    <TextField
      fullWidth
      value={value ? localDigits(String(value)) : ""}
      onChange={(event) => onChange(Number(latinDigits(event.target.value).replace(/\D/g, "").slice(0, 9)))}
      onKeyDown={onEnter(onDone && (() => onDone()))}
      error={Boolean(wrong(""))}
      helperText={wrong("")}
      inputRef={focused ? focusOnce : undefined}
      slotProps={{
        htmlInput: { "aria-label": label, dir: "ltr", inputMode: "numeric", autoComplete: "off" },
      }}
    />
  );
}

interface SelectProps extends EditorProps<string> {
  choices: readonly Choice[];
  /** What stands for none; without it one must be chosen. */
  none?: string;
}

/** The system's own select: good on telephones and with screen readers. */
export function SelectEditor({ value, onChange, onDone, wrong, label, focused, choices, none }: SelectProps) {
  return (
    <TextField
      select
      fullWidth
      value={value ?? ""}
      onChange={(event) => (onDone ? onDone(event.target.value) : onChange(event.target.value))}
      error={Boolean(wrong(""))}
      helperText={wrong("")}
      inputRef={focused ? focusOnce : undefined}
      slotProps={{ select: { native: true }, htmlInput: { "aria-label": label } }}
    >
      {none !== undefined && <option value="">{none}</option>}
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.name}
        </option>
      ))}
    </TextField>
  );
}

export function LanguageEditor(props: EditorProps<string>) {
  const t = useText();
  return <SelectEditor {...props} choices={languages(props.value)} none={t("record.none")} />;
}

export function TimeZoneEditor({ value, onChange, onDone, wrong, label, focused }: EditorProps<string>) {
  return (
    <Autocomplete
      fullWidth
      autoHighlight
      options={["UTC", ...Intl.supportedValuesOf("timeZone")]}
      value={value || null}
      onChange={(_, zone) => (onDone ? onDone(zone ?? "") : onChange(zone ?? ""))}
      getOptionLabel={(zone) => zone.replaceAll("_", " ")}
      renderInput={(input) => (
        <TextField
          {...input}
          inputRef={focused ? focusOnce : undefined}
          error={Boolean(wrong(""))}
          helperText={wrong("")}
          slotProps={{
            ...input.slotProps,
            htmlInput: { ...input.slotProps.htmlInput, "aria-label": label, dir: "ltr" },
          }}
        />
      )}
    />
  );
}

export function TeamEditor(props: EditorProps<string>) {
  const t = useText();
  const { data = [] } = useGetList<Records["teams"]>("teams");
  return (
    <SelectEditor
      {...props}
      choices={data.map((team) => ({ value: team.id, name: team.name }))}
      none={t("record.none")}
    />
  );
}

export function BirthdayEditor({ value, onChange, onDone, wrong, label, focused }: EditorProps<PartialDay>) {
  return (
    <DateField
      yearOptional
      value={value?.month ? value : undefined}
      onChange={(day) => onChange(day as PartialDay)}
      label={label}
      wrong={wrong("")}
      focused={focused ?? false}
      onEnter={onDone && (() => onDone())}
    />
  );
}

export function TagsEditor({ value, onChange, wrong, label, focused }: EditorProps<string[]>) {
  const t = useText();
  return (
    <Autocomplete
      multiple
      freeSolo
      fullWidth
      autoSelect
      options={[] as string[]}
      value={value ?? []}
      onChange={(_, words) => onChange([...new Set(words.map((word) => word.trim()).filter(Boolean))])}
      renderInput={(input) => (
        <TextField
          {...input}
          inputRef={focused ? focusOnce : undefined}
          error={Boolean(wrong(""))}
          helperText={wrong("") ?? t("record.words.help")}
          slotProps={{
            ...input.slotProps,
            htmlInput: { ...input.slotProps.htmlInput, "aria-label": label, dir: "auto" },
          }}
        />
      )}
    />
  );
}
