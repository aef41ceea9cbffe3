// One month of a calendar as a grid: arrows move by day and week, PageUp and PageDown by month, Enter picks.
import Box from "@mui/material/Box";
import IconButton from "@mui/material/IconButton";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import {
  addDays,
  type Day,
  fromGregorian,
  monthStart,
  type PartialDay,
  toGregorian,
  utcTime,
  weekday,
} from "../format/calendar.ts";
import { formatInstant } from "../format/dates.ts";
import { chosenWeekStart } from "../format/locale.ts";
import { formatNumber } from "../format/numbers.ts";
import { useText } from "../i18n/use.ts";
import { type Calendar, DAYS, usePreferences } from "../preferences/store.ts";

interface Props {
  value: PartialDay | undefined;
  calendar: Calendar;
  onPick: (day: Day) => void;
}

function words(day: Day, options: Intl.DateTimeFormatOptions): string {
  return formatInstant(utcTime(day), { ...options, timeZone: "UTC" });
}

function today(): Day {
  const now = new Date();
  return { year: now.getFullYear(), month: now.getMonth() + 1, day: now.getDate() };
}

export function MonthGrid({ value, calendar, onPick }: Props) {
  const t = useText();
  usePreferences();
  const [focused, setFocused] = useState<Day>(() =>
    value ? { ...value, year: value.year || today().year } : today(),
  );
  const grid = useRef<HTMLDivElement>(null);
  const moved = useRef(true);
  useEffect(() => {
    if (moved.current) grid.current?.querySelector<HTMLElement>("[tabindex='0']")?.focus();
    moved.current = false;
  }, [focused]);
  const first = monthStart(focused, calendar);
  const count = Math.round((utcTime(monthStart(focused, calendar, 1)) - utcTime(first)) / 86_400_000);
  // Sunday is 0 here and the last of DAYS.
  const start = (DAYS.indexOf(chosenWeekStart()) + 1) % 7;
  const lead = (weekday(first) - start + 7) % 7;
  const month = (shift: number) => setFocused(monthStart(focused, calendar, shift));
  const press = (event: KeyboardEvent) => {
    const forward = getComputedStyle(event.currentTarget).direction === "rtl" ? -1 : 1;
    const steps: Record<string, number> = {
      ArrowRight: forward,
      ArrowLeft: -forward,
      ArrowDown: 7,
      ArrowUp: -7,
    };
    const step = steps[event.key];
    moved.current = true;
    if (step) setFocused(addDays(focused, step));
    else if (event.key === "PageDown") month(1);
    else if (event.key === "PageUp") month(-1);
    else return;
    event.preventDefault();
  };
  const year = fromGregorian(focused, calendar).year;
  const setYear = (next: number) => {
    if (next >= 1000 && next <= 9999)
      setFocused(
        toGregorian({ ...fromGregorian(focused, calendar), year: next, day: 1 }, calendar) ?? focused,
      );
  };
  const chosen = value ? utcTime({ ...value, year: value.year || focused.year }) : undefined;
  return (
    <Stack sx={{ p: 3, gap: 2, width: 288 }}>
      <Stack direction="row" sx={{ alignItems: "center", gap: 1 }}>
        <IconButton aria-label={t("record.date.previous")} onClick={() => month(-1)}>
          <ChevronLeft className="mirror" size={16} />
        </IconButton>
        <Typography variant="h2" component="p" aria-live="polite" sx={{ flex: 1, textAlign: "center" }}>
          {words(focused, { month: "long" })}
        </Typography>
        <YearInput key={year} year={year} onYear={setYear} label={t("record.date.year")} />
        <IconButton aria-label={t("record.date.next")} onClick={() => month(1)}>
          <ChevronRight className="mirror" size={16} />
        </IconButton>
      </Stack>
      <Box
        ref={grid}
        role="group"
        aria-label={words(focused, { month: "long", year: "numeric" })}
        onKeyDown={press}
        sx={{ display: "grid", gridTemplateColumns: "repeat(7, 1fr)", textAlign: "center" }}
      >
        {Array.from({ length: 7 }, (_, index) => (
          <Typography key={index} variant="caption" color="textSecondary" aria-hidden>
            {words(addDays(first, index - lead), { weekday: "narrow" })}
          </Typography>
        ))}
        {Array.from({ length: count }, (_, index) => (
          <DayButton
            key={index}
            day={addDays(first, index)}
            number={index + 1}
            column={index === 0 ? lead + 1 : undefined}
            focused={utcTime(addDays(first, index)) === utcTime(focused)}
            chosen={utcTime(addDays(first, index)) === chosen}
            onPick={onPick}
          />
        ))}
      </Box>
    </Stack>
  );
}

function YearInput({ year, onYear, label }: { year: number; onYear: (year: number) => void; label: string }) {
  return (
    <TextField
      type="number"
      defaultValue={year}
      onChange={(event) => event.target.value.length === 4 && onYear(Number(event.target.value))}
      slotProps={{ htmlInput: { "aria-label": label, dir: "ltr" } }}
      sx={{ width: 84 }}
    />
  );
}

interface DayProps {
  day: Day;
  number: number;
  column: number | undefined;
  focused: boolean;
  chosen: boolean;
  onPick: (day: Day) => void;
}

function DayButton({ day, number, column, focused, chosen, onPick }: DayProps) {
  return (
    <Box
      component="button"
      type="button"
      tabIndex={focused ? 0 : -1}
      aria-pressed={chosen}
      aria-label={words(day, { weekday: "long", year: "numeric", month: "long", day: "numeric" })}
      onClick={() => onPick(day)}
      sx={{
        gridColumnStart: column,
        blockSize: 36,
        border: 0,
        borderRadius: 1,
        font: "inherit",
        cursor: "pointer",
        bgcolor: chosen ? "primary.main" : "transparent",
        color: chosen ? "primary.contrastText" : "text.primary",
        "&:hover": { bgcolor: chosen ? "primary.dark" : "action.hover" },
      }}
    >
      {formatNumber(number)}
    </Box>
  );
}
