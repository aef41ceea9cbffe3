// Language, calendar, digits, time zone, week: seen at once, kept in the profile.
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import type { ReactNode } from "react";
import { formatExact } from "../../format/dates.ts";
import { chosenCalendar, chosenDigits, chosenWeekStart } from "../../format/locale.ts";
import { formatNumber } from "../../format/numbers.ts";
import { LANGUAGE_NAMES } from "../../i18n/names.ts";
import { useText } from "../../i18n/use.ts";
import { type Choices, DAYS, LOCALES, usePreferences } from "../../preferences/store.ts";
import { useChoose } from "../../preferences/useChoose.ts";
import { Section, Setting } from "./Section.tsx";
import { TimeZoneField } from "./TimeZoneField.tsx";
import { dayName } from "./days.ts";

const NOW = Date.now();
const SAMPLE = 1234567.89;

export function Region() {
  const t = useText();
  const mine = usePreferences();
  const choose = useChoose();
  const automatic = (value: string) => t("profile.region.automatic", { value });
  // What the language alone would do stands beside "automatic" only while that is what happens.
  const byLanguage = (chosen: string, now: string) =>
    chosen ? t("profile.region.byLanguage") : automatic(now);
  return (
    <Section title={t("profile.region.title")} about={t("profile.region.about")}>
      <Setting id="language" name={t("profile.region.language")}>
        <Choice
          id="language"
          value={mine.locale}
          onChange={(locale) => choose({ locale: locale as Choices["locale"] })}
        >
          {LOCALES.map((one) => (
            <MenuItem key={one} value={one} lang={one}>
              <bdi>{LANGUAGE_NAMES[one]}</bdi>
            </MenuItem>
          ))}
        </Choice>
      </Setting>
      <Setting id="calendar" name={t("profile.region.calendar")} about={formatExact(NOW)}>
        <Choice
          id="calendar"
          value={mine.calendar}
          onChange={(calendar) => choose({ calendar: calendar as Choices["calendar"] })}
        >
          <MenuItem value="">
            {byLanguage(mine.calendar, t(`profile.calendars.${chosenCalendar()}`))}
          </MenuItem>
          <MenuItem value="gregorian">{t("profile.calendars.gregorian")}</MenuItem>
          <MenuItem value="jalali">{t("profile.calendars.jalali")}</MenuItem>
        </Choice>
      </Setting>
      <Setting id="digits" name={t("profile.region.digits")} about={formatNumber(SAMPLE)}>
        <Choice
          id="digits"
          value={mine.digits}
          onChange={(digits) => choose({ digits: digits as Choices["digits"] })}
        >
          <MenuItem value="">{byLanguage(mine.digits, t(`profile.digits.${chosenDigits()}`))}</MenuItem>
          <MenuItem value="latn">{t("profile.digits.latn")}</MenuItem>
          <MenuItem value="arabext">{t("profile.digits.arabext")}</MenuItem>
        </Choice>
      </Setting>
      <Setting id="time-zone" name={t("profile.region.timeZone")} about={t("profile.region.timeZoneAbout")}>
        <TimeZoneField id="time-zone" value={mine.timeZone} onChange={(timeZone) => choose({ timeZone })} />
      </Setting>
      <Setting id="week-start" name={t("profile.region.weekStart")}>
        <Choice
          id="week-start"
          value={mine.weekStart}
          onChange={(weekStart) => choose({ weekStart: weekStart as Choices["weekStart"] })}
        >
          <MenuItem value="">{byLanguage(mine.weekStart, dayName(chosenWeekStart()))}</MenuItem>
          {DAYS.map((day) => (
            <MenuItem key={day} value={day}>
              {dayName(day)}
            </MenuItem>
          ))}
        </Choice>
      </Setting>
    </Section>
  );
}

interface ChoiceProps {
  id: string;
  value: string;
  onChange: (value: string) => void;
  children: ReactNode;
}

function Choice({ id, value, onChange, children }: ChoiceProps) {
  return (
    <TextField
      select
      id={id}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      fullWidth
      slotProps={{
        select: {
          displayEmpty: true,
          labelId: `${id}-name`,
          SelectDisplayProps: { "data-setting": id } as object,
        },
      }}
    >
      {children}
    </TextField>
  );
}
