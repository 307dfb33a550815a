/** Numbers, times and durations as people read them. */
import { locale, t } from "./index.ts";

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const dayTime = new Intl.DateTimeFormat(locale, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});
const date = new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "numeric" });
const plain = new Intl.NumberFormat(locale);
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "always", style: "narrow" });

const decimals = new Map<string, Intl.NumberFormat>();

function decimal(least: number, most: number, style: "decimal" | "percent" = "decimal"): Intl.NumberFormat {
  const key = `${least} ${most} ${style}`;
  let format = decimals.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, { style, minimumFractionDigits: least, maximumFractionDigits: most });
    decimals.set(key, format);
  }
  return format;
}

export const clockTime = (ms: number): string => time.format(ms);
export const dateOnly = (ms: number): string => date.format(ms);

/** Time of day for today, with the date before that. */
export function moment(ms: number, now: number = Date.now()): string {
  const sameDay = new Date(ms).toDateString() === new Date(now).toDateString();
  return (sameDay ? time : dayTime).format(ms);
}

/** A percentage with so many decimals, as the language writes it. */
export function written(value: number, least = 0, most = least): string {
  return decimal(least, most, "percent").format(value / 100);
}

/** A ratio 0…1 as a percentage that never rounds up to 100: 99.996 % is not "100 %". */
export function percent(ratio: number | null | undefined): string {
  if (ratio === null || ratio === undefined || Number.isNaN(ratio)) return "–";
  const value = ratio * 100;
  if (value >= 100) return written(100);
  if (value <= 0) return written(0);
  const cut = value >= 10 ? Math.floor(value * 100) / 100 : Math.max(0.01, Math.floor(value * 100) / 100);
  return written(cut, value >= 99 ? 2 : 1);
}

/** A value 0…100 as a percentage that never rounds up to 100: "7.4%", "82%", "99.7%". */
export function share(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (value >= 99.5 && value < 100) return written(Math.floor(value * 10) / 10, 1);
  return written(value, 0, value < 10 ? 1 : 0);
}

const sizes = t("unit.sizes").split(" ");

/** Bytes with three digits: "1.54 GB". */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  let at = 0;
  let rest = value;
  for (; rest >= 999.5 && at < sizes.length - 1; at += 1) rest /= 1000;
  const shown = at === 0 || rest >= 99.5 ? Math.round(rest) : Number(rest.toPrecision(3));
  return `${plain.format(shown)} ${sizes[at] ?? ""}`;
}

export function milliseconds(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  if (ms >= 10_000) return `${decimal(1, 1).format(ms / 1000)} ${t("unit.second")}`;
  const whole = ms >= 100 || Number.isInteger(ms);
  if (!whole && ms < 0.1) return `${decimal(2, 2).format(Math.max(ms, 0.01))} ${t("unit.millisecond")}`;
  return `${whole ? plain.format(Math.round(ms)) : decimal(1, 1).format(ms)} ${t("unit.millisecond")}`;
}

/** "3 min. ago". */
export function ago(ms: number, now: number = Date.now()): string {
  const seconds = Math.round((now - ms) / 1000);
  if (seconds < 10) return t("time.now");
  if (seconds < MINUTE_S) return relative.format(-seconds, "second");
  if (seconds < HOUR_S) return relative.format(-Math.floor(seconds / MINUTE_S), "minute");
  if (seconds < 2 * DAY_S) return relative.format(-Math.floor(seconds / HOUR_S), "hour");
  return relative.format(-Math.floor(seconds / DAY_S), "day");
}

/** Whole seconds in the two largest units: "1 h 30 min". */
export function duration(seconds: number): string {
  const units: [string, number][] = [
    [t("unit.day"), DAY_S],
    [t("unit.hour"), HOUR_S],
    [t("unit.minute"), MINUTE_S],
    [t("unit.second"), 1],
  ];
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${plain.format(count)} ${name}`);
  }
  return parts.slice(0, 2).join(" ") || `0 ${t("unit.second")}`;
}

/** How long something goes on that is looked at while it does: seconds count in the first minute only. */
export function lasting(since: number, now: number): string {
  const seconds = Math.max(0, (now - since) / 1000);
  return duration(seconds < MINUTE_S ? Math.floor(seconds) : Math.floor(seconds / MINUTE_S) * MINUTE_S);
}
