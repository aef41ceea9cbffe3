// A list of values that each have several inputs: addresses, numbers, places.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import FormHelperText from "@mui/material/FormHelperText";
import IconButton from "@mui/material/IconButton";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Tooltip from "@mui/material/Tooltip";
import { Plus, Star, X } from "lucide-react";
import type { ReactNode } from "react";
import { formatNumber } from "../../format/numbers.ts";
import { useText } from "../../i18n/use.ts";
import { focusOnce } from "../../ui/focusOnce.ts";

interface Props<T> {
  rows: readonly T[];
  onChange: (rows: T[]) => void;
  blank: T;
  most: number;
  /** Of the field, for what one hears: "E-mail 2". */
  label: string;
  wrong: (path: string) => string | undefined;
  render: (row: T, change: (part: Partial<T>) => void, name: string, index: number) => ReactNode;
  /** Rows have `primary`; exactly one has it. */
  primary?: boolean;
}

export function Rows<T extends object>({
  rows,
  onChange,
  blank,
  most,
  label,
  wrong,
  render,
  primary,
}: Props<T>) {
  const t = useText();
  const shown = rows.length ? rows : [blank];
  const change = (index: number, part: Partial<T>) =>
    onChange(shown.map((row, place) => (place === index ? { ...row, ...part } : row)));
  const choose = (index: number) =>
    onChange(shown.map((row, place) => ({ ...row, primary: place === index })));
  const remove = (index: number) => onChange(shown.filter((_, place) => place !== index));
  return (
    <Stack sx={{ gap: 2 }}>
      {shown.map((row, index) => {
        const name = t("record.rows.name", { label, number: formatNumber(index + 1) });
        const isPrimary = Boolean((row as { primary?: boolean }).primary);
        return (
          <Box
            key={index}
            role="group"
            aria-label={name}
            sx={{ display: "flex", alignItems: "flex-start", gap: 1 }}
          >
            <Stack sx={{ flex: 1, minWidth: 0, gap: 1.5 }}>
              {render(row, (part) => change(index, part), name, index)}
              {wrong(`[${index}]`) && <FormHelperText error>{wrong(`[${index}]`)}</FormHelperText>}
            </Stack>
            {primary && (
              <Tooltip title={t("record.rows.primary")}>
                <IconButton
                  size="small"
                  aria-label={t("record.rows.makePrimary", { name })}
                  aria-pressed={isPrimary}
                  onClick={() => choose(index)}
                >
                  <Star size={16} fill={isPrimary ? "currentColor" : "none"} />
                </IconButton>
              </Tooltip>
            )}
            <IconButton
              size="small"
              aria-label={t("record.rows.remove", { name })}
              onClick={() => remove(index)}
            >
              <X size={16} />
            </IconButton>
          </Box>
        );
      })}
      {wrong("") && <FormHelperText error>{wrong("")}</FormHelperText>}
      {shown.length < most && (
        <Button
          size="small"
          startIcon={<Plus size={14} />}
          onClick={() => onChange([...shown, blank])}
          sx={{ alignSelf: "flex-start" }}
        >
          {t("record.rows.add")}
        </Button>
      )}
    </Stack>
  );
}

interface InputProps {
  value: string;
  onChange: (value: string) => void;
  /** Heard, and shown as long as it is empty. */
  name: string;
  hint?: string;
  wrong?: string | undefined;
  ltr?: boolean;
  type?: string;
  multiline?: boolean;
  focused?: boolean | undefined;
}

export function Input({
  value,
  onChange,
  name,
  hint,
  wrong,
  ltr,
  type = "text",
  multiline,
  focused,
}: InputProps) {
  return (
    <TextField
      fullWidth
      value={value}
      onChange={(event) => onChange(event.target.value)}
      placeholder={hint ?? ""}
      error={Boolean(wrong)}
      helperText={wrong}
      multiline={multiline ?? false}
      inputRef={focused ? focusOnce : undefined}
      slotProps={{
        htmlInput: { "aria-label": name, dir: ltr ? "ltr" : "auto", inputMode: type, autoComplete: "off" },
      }}
    />
  );
}

interface LabelProps {
  value: string;
  onChange: (value: string) => void;
  name: string;
  choices: readonly { value: string; name: string }[];
  none?: string;
}

/** A small choice beside an input. What is not among the choices stays as it is. */
export function Pick({ value, onChange, name, choices, none }: LabelProps) {
  const known = choices.some((choice) => choice.value === value) || (none !== undefined && value === "");
  return (
    <TextField
      select
      fullWidth
      value={value}
      onChange={(event) => onChange(event.target.value)}
      slotProps={{ select: { native: true }, htmlInput: { "aria-label": name } }}
    >
      {none !== undefined && <option value="">{none}</option>}
      {!known && <option value={value}>{value}</option>}
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.name}
        </option>
      ))}
    </TextField>
  );
}
