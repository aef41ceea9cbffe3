import type { Activity } from "../../api/activities.ts";
import { chosenTimeZone } from "../../format/locale.ts";

export interface DayOf {
  /** "2026-11-22", where the person is. */
  key: string;
  activities: Activity[];
}

/** Activities, the newest first, by the day on which they were for the person. */
export function byDay(activities: readonly Activity[]): DayOf[] {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: chosenTimeZone(), dateStyle: "short" });
  const days: DayOf[] = [];
  for (const activity of activities) {
    const key = day.format(new Date(activity.occurTime ?? 0));
    const last = days.at(-1);
    if (last?.key === key) last.activities.push(activity);
    else days.push({ key, activities: [activity] });
  }
  return days;
}
