/** Times as the clocks of a named zone show them. */
import { locale } from "./index.ts";

const parts = { weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" } as const;
const known = new Map<string, Intl.DateTimeFormat>();

/** The zone of the browser. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A zone the browser does not know is UTC, as it is for the server. */
function formatter(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  let format = known.get(key);
  if (!format) {
    try {
      format = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
    } catch {
      format = new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
    }
    known.set(key, format);
  }
  return format;
}

const yearOf = (ms: number, zone: string): string => formatter(zone, { year: "numeric" }).format(ms);

/** "Mon, Nov 30, 02:00", with the year when it is not this one. */
export function zonedMoment(ms: number, zone: string, now: number): string {
  return formatter(zone, withYear([ms], zone, now)).format(ms);
}

/** "Mon, Nov 30, 02:00 – 03:00"; the day of the end where it is another. */
export function zonedSpan(start: number, end: number, zone: string, now: number): string {
  return formatter(zone, withYear([start, end], zone, now)).formatRange(start, end);
}

function withYear(moments: readonly number[], zone: string, now: number): Intl.DateTimeFormatOptions {
  const other = moments.some((ms) => yearOf(ms, zone) !== yearOf(now, zone));
  return { ...parts, hourCycle: "h23", ...(other ? { year: "numeric" } : {}) };
}

/** How far a zone is from UTC at a moment: "GMT+2". */
export function zoneOffset(ms: number, zone: string): string {
  const found = formatter(zone, { timeZoneName: "shortOffset" }).formatToParts(ms);
  return found.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

/** What a field of the kind datetime-local shows: `2026-11-30T02:00`. */
export function wallOf(ms: number, zone: string): string {
  const numbers = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
  const found = formatter(zone, { ...numbers, hourCycle: "h23" }).formatToParts(ms);
  const part = (name: string): string => found.find(({ type }) => type === name)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

/** A day for a heading: "Monday, November 30". */
export const dayHeading = (ms: number, zone: string): string =>
  formatter(zone, { weekday: "long", month: "long", day: "numeric" }).format(ms);

const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

export const timeIn = (ms: number, zone: string): string => formatter(zone, clock).format(ms);

/** "02:00 – 03:00", with the day of the end where it is another. */
export function timeSpan(start: number, end: number, zone: string): string {
  if (dayHeading(start, zone) === dayHeading(end, zone)) return formatter(zone, clock).formatRange(start, end);
  return `${timeIn(start, zone)} – ${zonedMoment(end, zone, start)}`;
}
