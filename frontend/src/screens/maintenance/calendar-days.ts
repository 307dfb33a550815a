/** Windows to come, by the day on which they begin. Pure. */
import type { CalendarAck } from "../../wire/maintenance-types.ts";
import { dayHeading, timeIn, timeSpan, zonedMoment } from "../../words/zoned.ts";
import { t } from "../../words/index.ts";

export interface CalendarItem {
  key: string;
  plan: number;
  time: string;
}

export interface CalendarDay {
  heading: string;
  items: CalendarItem[];
}

function timeOf(start: number, end: number | null, since: number, zone: string): string {
  const earlier = start < since && dayHeading(start, zone) !== dayHeading(since, zone);
  if (end === null) return t("plan.openFrom", { time: earlier ? zonedMoment(start, zone, since) : timeIn(start, zone) });
  return earlier ? t("plan.until", { time: zonedMoment(end, zone, since) }) : timeSpan(start, end, zone);
}

/** @param zone whose days; what began before now stands with today */
export function daysOf({ since, windows }: CalendarAck, zone: string): CalendarDay[] {
  const days: CalendarDay[] = [];
  for (const [plan, start, end] of windows) {
    const heading = dayHeading(Math.max(start, since), zone);
    const time = timeOf(start, end, since, zone);
    const item = { key: `${plan} ${start}`, plan, time };
    const day = days.at(-1);
    if (day?.heading === heading) day.items.push(item);
    else days.push({ heading, items: [item] });
  }
  return days;
}
