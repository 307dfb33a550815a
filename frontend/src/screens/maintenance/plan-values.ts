/** The fields of the form: from a plan, and to what the server takes. Pure. */
import type { Plan, TimeOfDay } from "../../wire/maintenance-types.ts";
import type { PlanRow } from "../../wire/server-types.ts";
import { t } from "../../words/index.ts";
import { wallOf } from "../../words/zoned.ts";

export type Strategy = PlanRow["strategy"];

export const STRATEGIES: readonly Strategy[] = [
  "single", "recurring-weekday", "recurring-day-of-month", "recurring-interval", "cron", "manual",
];
export const SAME_AS_SERVER = "SAME_AS_SERVER";
export const LAST_DAY = "lastDay1";
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 0] as const; // Sunday is 0

const HOUR_MS = 3_600_000;

export interface PlanValues {
  title: string;
  description: string;
  strategy: Strategy;
  zone: string; // as `timezoneOption`
  start: string; // as a field of the kind datetime-local has it; "" for none
  end: string;
  from: string; // HH:mm
  to: string;
  days: number | string; // between windows
  weekdays: number[];
  daysOfMonth: (number | string)[];
  cron: string;
  minutes: number | string;
}

export const hasDailyTimes = (strategy: Strategy): boolean => strategy.startsWith("recurring-");
export const repeats = (strategy: Strategy): boolean => hasDailyTimes(strategy) || strategy === "cron";

/** A new plan: once, in the next full hour, for an hour. `zone` is the server's. */
export function newValues(now: number, zone: string): PlanValues {
  const begin = Math.ceil((now + 1) / HOUR_MS) * HOUR_MS;
  return {
    title: "",
    description: "",
    strategy: "single",
    zone: SAME_AS_SERVER,
    start: wallOf(begin, zone),
    end: wallOf(begin + HOUR_MS, zone),
    from: "02:00",
    to: "03:00",
    days: 7,
    weekdays: [],
    daysOfMonth: [],
    cron: "30 3 * * *",
    minutes: 60,
  };
}

/** Another strategy: dates that one needs are no limits for those that repeat, and the other way round. */
export function withStrategy(values: PlanValues, strategy: Strategy, fresh: PlanValues): PlanValues {
  if ((values.strategy === "single") === (strategy === "single")) return { ...values, strategy };
  const dates = strategy === "single" ? { start: fresh.start, end: fresh.end } : { start: "", end: "" };
  return { ...values, ...dates, strategy };
}

const two = (value: number): string => String(value).padStart(2, "0");
const textOf = (time: TimeOfDay | null, otherwise: string): string =>
  time ? `${two(time.hours)}:${two(time.minutes)}` : otherwise;
/** Without seconds that say nothing. */
const fieldOf = (date: string | null): string => (date ?? "").replace(/:00$/, "");

export function storedValues(plan: Plan & { description: string }, fresh: PlanValues): PlanValues {
  const isCron = plan.strategy === "cron";
  return {
    title: plan.title,
    description: plan.description,
    strategy: plan.strategy,
    zone: plan.timezoneOption,
    start: fieldOf(plan.dateRange[0]),
    end: fieldOf(plan.dateRange[1]),
    from: textOf(plan.timeRange[0], fresh.from),
    to: textOf(plan.timeRange[1], fresh.to),
    days: plan.intervalDay,
    weekdays: plan.weekdays.map((day) => day % 7),
    daysOfMonth: plan.daysOfMonth,
    cron: isCron ? plan.cron : fresh.cron,
    minutes: isCron ? plan.durationMinutes : fresh.minutes,
  };
}

const timeOf = (text: string): TimeOfDay => {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  return { hours, minutes };
};

/** What `addMaintenance` takes, and with an id `editMaintenance` and `previewMaintenance`. */
export function toWire(values: PlanValues, active: boolean, id: number | null): Record<string, unknown> {
  const timed = values.strategy !== "manual";
  const minutes = values.minutes === "" ? null : Number(values.minutes);
  return {
    ...(id === null ? {} : { id }),
    title: values.title.trim(),
    description: values.description,
    strategy: values.strategy,
    active,
    timezoneOption: values.zone,
    dateRange: timed ? [values.start || null, values.end || null] : [null, null],
    timeRange: [timeOf(values.from), timeOf(values.to)],
    intervalDay: values.strategy === "recurring-interval" ? Number(values.days) : 1,
    weekdays: values.weekdays,
    daysOfMonth: values.daysOfMonth,
    cron: values.strategy === "cron" ? values.cron.trim() : "",
    durationMinutes: values.strategy === "cron" ? minutes : 0,
  };
}

export type FieldName = "title" | "start" | "end" | "from" | "to" | "days" | "weekdays" | "daysOfMonth" | "cron" | "minutes";
export type PlanErrors = Partial<Record<FieldName, string>>;

/** What is missing or cannot be, before the server is asked; everything else it says itself. */
export function errorsOf(values: PlanValues): PlanErrors {
  const { strategy, start, end } = values;
  const errors: PlanErrors = {};
  const needed = t("form.required");
  if (!values.title.trim()) errors.title = needed;
  if (strategy === "single" && !start) errors.start = needed;
  if (strategy !== "manual" && start && end && end <= start) errors.end = t("plan.endsFirst");
  if (strategy === "recurring-weekday" && !values.weekdays.length) errors.weekdays = t("plan.noDay");
  if (strategy === "recurring-day-of-month" && !values.daysOfMonth.length) errors.daysOfMonth = t("plan.noDay");
  if (strategy === "recurring-interval" && !(Number.isInteger(Number(values.days)) && Number(values.days) >= 1)) {
    errors.days = t("form.atLeast", { low: 1 });
  }
  if (hasDailyTimes(strategy)) {
    if (!values.from) errors.from = needed;
    if (!values.to) errors.to = needed;
    else if (values.to === values.from) errors.to = t("plan.noLength");
  }
  if (strategy === "cron") {
    if (!values.cron.trim()) errors.cron = needed;
    if (!(Number(values.minutes) > 0)) errors.minutes = t("plan.noLength");
  }
  return errors;
}
