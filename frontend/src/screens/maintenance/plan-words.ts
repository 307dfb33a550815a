/** A plan in words: when it is, how it is now, how much it covers. Pure. */
import type { Plan, Window } from "../../wire/maintenance-types.ts";
import { duration } from "../../words/format.ts";
import { locale, t } from "../../words/index.ts";
import { zonedMoment, zonedSpan } from "../../words/zoned.ts";
import { LAST_DAY, WEEKDAYS } from "./plan-values.ts";

type Timing = Pick<
  Plan,
  "strategy" | "timeRange" | "intervalDay" | "weekdays" | "daysOfMonth" | "cron" | "durationMinutes"
>;

const SUNDAY = Date.UTC(2026, 10, 1);
const DAY_MS = 86_400_000;
const MINUTE_S = 60;
const lists = new Intl.ListFormat(locale, { type: "conjunction" });
const short = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });
const long = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });

export const weekdayName = (day: number, full = false): string => (full ? long : short).format(SUNDAY + (day % 7) * DAY_MS);

const isLast = (day: number | string): day is string => day === LAST_DAY;

function times({ timeRange }: Timing): { from: string; to: string } {
  const [from, to] = timeRange.map((time) => {
    const numbers = [time?.hours ?? 0, time?.minutes ?? 0, ...(time?.seconds ? [time.seconds] : [])];
    return numbers.map((number) => String(number).padStart(2, "0")).join(":");
  });
  return { from: from ?? "", to: to ?? "" };
}

function days(plan: Timing): string {
  const numbers = plan.daysOfMonth.filter((day) => typeof day === "number").sort((a, b) => a - b);
  const names = numbers.map(String);
  if (plan.daysOfMonth.some(isLast)) names.push(t("plan.lastDay"));
  return lists.format(names);
}

/** "Every Mon and Thu, 02:00 to 03:00". */
export function timingOf(plan: Timing): string {
  switch (plan.strategy) {
    case "manual":
      return t("plan.timing.manual");
    case "single":
      return t("plan.timing.single");
    case "cron":
      return t("plan.timing.cron", { cron: plan.cron, time: duration(plan.durationMinutes * MINUTE_S) });
    case "recurring-interval":
      return t("plan.timing.interval", { count: plan.intervalDay, ...times(plan) });
    case "recurring-weekday": {
      const chosen = WEEKDAYS.filter((day) => plan.weekdays.some((one) => one % 7 === day));
      const every = chosen.length === WEEKDAYS.length;
      if (every) return t("plan.timing.interval", { count: 1, ...times(plan) });
      return t("plan.timing.weekdays", { days: lists.format(chosen.map((day) => weekdayName(day))), ...times(plan) });
    }
    case "recurring-day-of-month":
      return t("plan.timing.daysOfMonth", { days: days(plan), ...times(plan) });
  }
}

/** "Mon, Nov 30, 02:00 – 03:00"; of one without end, when it begins. */
export function windowText([start, end]: Window, zone: string, now: number): string {
  if (end === null) return t("plan.openFrom", { time: zonedMoment(start, zone, now) });
  return zonedSpan(start, end, zone, now);
}

/** How the plan is now, and until when: the line below its title. */
export function stateOf(plan: Plan, now: number): string {
  const { status, window, timezone } = plan;
  if (status === "under-maintenance") {
    const end = window?.[1] ?? null;
    return end === null ? t("plan.untilEnded") : t("plan.until", { time: zonedMoment(end, timezone, now) });
  }
  if (status === "scheduled") {
    return window ? t("plan.next", { time: windowText(window, timezone, now) }) : t("plan.noWindow");
  }
  return status === "inactive" ? t("plan.pausedText") : t("plan.endedText");
}

/** "2 monitors · 1 server"; what it does not cover is left out. */
export function coverage(plan: Plan, servers: number): string {
  const parts = [
    plan.monitors ? t("plan.monitors", { count: plan.monitors }) : "",
    servers ? t("plan.servers", { count: servers }) : "",
    plan.pages ? t("plan.pages", { count: plan.pages }) : "",
  ].filter(Boolean);
  return parts.join(" · ") || t("plan.coversNothing");
}
