/** What is said of hours and days. Pure. */
import type { PeriodRow } from "../../../wire/history-types.ts";
import { duration, milliseconds, percent } from "../../../words/format.ts";
import { locale, t } from "../../../words/index.ts";

export const SPANS = ["1", "90", "365"] as const; // days
export type SpanDays = (typeof SPANS)[number];

// Days are those of UTC; hours are shown as clocks here show them.
const date = { weekday: "short", year: "numeric", month: "short", day: "numeric", timeZone: "UTC" } as const;
const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const day = new Intl.DateTimeFormat(locale, date);
const hour = new Intl.DateTimeFormat(locale, { weekday: "short", ...clock });
const end = new Intl.DateTimeFormat(locale, clock);

const HOUR_S = 3600;

export function nameOf(began: number, seconds: number): string {
  return seconds === HOUR_S ? `${hour.format(began)}–${end.format(began + HOUR_S * 1000)}` : day.format(began);
}

/** "Sat, Nov 28, 2026 · 99.20% up · 2 outages, 11 min down · average 41 ms". */
export function told(row: PeriodRow, seconds: number): string {
  const [began, uptime, outages, downMs, average, , , maintenance] = row;
  const parts = [nameOf(began, seconds)];
  if (uptime !== null) parts.push(t("history.up", { share: percent(uptime) }));
  else if (!outages) parts.push(t(maintenance ? "history.maintenance" : "history.unchecked"));
  if (outages) parts.push(t("history.outages", { count: outages, time: duration(downMs / 1000) }));
  if (average !== null) parts.push(t("history.average", { time: milliseconds(average) }));
  return parts.join(" · ");
}

export interface Sum {
  uptime: number | null; // mean of the periods in which something was checked, 0…1
  outages: number; // one that spans two periods counts in both
  downMs: number;
}

export function sumOf(rows: readonly PeriodRow[]): Sum {
  const checked = rows.flatMap(([, uptime]) => (uptime === null ? [] : [uptime]));
  return {
    uptime: checked.length ? checked.reduce((sum, uptime) => sum + uptime, 0) / checked.length : null,
    outages: rows.reduce((sum, row) => sum + row[2], 0),
    downMs: rows.reduce((sum, row) => sum + row[3], 0),
  };
}

/** Where an arrow, Home or End leads from a bar; null for another key. */
export function moved(key: string, from: number, count: number): number | null {
  if (count === 0) return null;
  const start = from < 0 ? count : from;
  const to = { ArrowLeft: start - 1, ArrowRight: start + 1, Home: 0, End: count - 1 }[key];
  return to === undefined ? null : Math.min(count - 1, Math.max(0, to));
}
