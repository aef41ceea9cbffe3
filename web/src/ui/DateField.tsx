// A date: typed in either calendar, or picked from a month of the preferred one.
import IconButton from "@mui/material/IconButton";
import InputAdornment from "@mui/material/InputAdornment";
import Popover from "@mui/material/Popover";
import TextField from "@mui/material/TextField";
import { CalendarDays } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { type PartialDay, parseDay, typedDay } from "../format/calendar.ts";
import { formatPartialDate } from "../format/dates.ts";
import { chosenCalendar } from "../format/locale.ts";
import { localDigits } from "../format/numbers.ts";
import { useText } from "../i18n/use.ts";
import { focusOnce } from "./focusOnce.ts";
import { MonthGrid } from "./MonthGrid.tsx";

interface Props {
  value: PartialDay | undefined;
  onChange: (day: PartialDay | undefined) => void;
  label: string;
  /** The label stands over the field; else something beside it names it already. */
  labelled?: boolean;
  /** "01/15" is taken too: a birthday of which the year is not known. */
  yearOptional?: boolean;
  /** What is wrong with it, as the server says. */
  wrong?: string | undefined;
  focused?: boolean;
  onEnter?: (() => void) | undefined;
}

export function DateField(props: Props) {
  const { value, onChange, label, labelled = false, yearOptional = false, wrong, focused, onEnter } = props;
  const t = useText();
  const calendar = chosenCalendar();
  const write = (day: PartialDay | undefined) => (day ? localDigits(typedDay(day, calendar)) : "");
  const [typed, setTyped] = useState(() => write(value));
  const [known, setKnown] = useState(value);
  const [open, setOpen] = useState(false);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const understood = typed.trim() ? parseDay(typed, calendar, yearOptional) : undefined;
  const unreadable = Boolean(typed.trim()) && !understood;
  // Another date from outside takes the place of what is written; one's own comes back the same.
  if (write(known) !== write(value)) {
    setKnown(value);
    if (write(value) !== write(understood)) setTyped(write(value));
  }
  const type = (words: string) => {
    setTyped(words);
    const day = parseDay(words, calendar, yearOptional);
    if (day || !words.trim()) onChange(day);
  };
  const pick = (day: PartialDay) => {
    setTyped(write(day));
    onChange(day);
    setOpen(false);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" && event.altKey) setOpen(true);
    else if (event.key === "Enter" && onEnter && !unreadable) onEnter();
    else return;
    event.preventDefault();
  };
  const example = localDigits(calendar === "jalali" ? "1403/01/15" : "2024-04-03");
  return (
    <>
      <TextField
        ref={setAnchor}
        fullWidth
        label={labelled ? label : undefined}
        value={typed}
        onChange={(event) => type(event.target.value)}
        onKeyDown={press}
        error={unreadable || Boolean(wrong)}
        helperText={
          wrong ??
          (unreadable
            ? t("record.date.unreadable", { example })
            : understood && formatPartialDate(understood))
        }
        placeholder={example}
        inputRef={focused ? focusOnce : undefined}
        slotProps={{
          htmlInput: {
            ...(!labelled && { "aria-label": label }),
            dir: "ltr",
            inputMode: "text",
            autoComplete: "off",
          },
          input: {
            endAdornment: (
              <InputAdornment position="end">
                <IconButton
                  edge="end"
                  size="small"
                  aria-label={t("record.date.pick")}
                  aria-haspopup="dialog"
                  aria-expanded={open}
                  onClick={() => setOpen(true)}
                >
                  <CalendarDays size={16} />
                </IconButton>
              </InputAdornment>
            ),
          },
        }}
      />
      <Popover
        open={open}
        anchorEl={anchor}
        onClose={() => setOpen(false)}
        anchorOrigin={{ vertical: "bottom", horizontal: "left" }}
        slotProps={{ paper: { role: "dialog", "aria-label": label } }}
      >
        <MonthGrid value={understood} calendar={calendar} onPick={pick} />
      </Popover>
    </>
  );
}
