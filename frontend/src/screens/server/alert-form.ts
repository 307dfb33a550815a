/** The alert settings as a form has them, and back. Pure. */
import type { AlertSettings, Cause, Friendly } from "../../wire/server-types.ts";

export const LIMITED: readonly Friendly[] = ["cpu", "ram", "disk", "net_in", "net_out"];
const PERCENT = new Set<string>(["cpu", "ram", "disk"]);
const MOST_PERCENT = 100;
const MOST_SPEED = 100_000; // MB/s, the server's limit
export const MOST_MINUTES = 1440;

/** Numbers as they stand in fields; a field may be empty. */
export interface Draft {
  threshold: Record<Friendly, number | string>;
  grace: Record<Cause, number | string>;
  downtime: boolean;
}

export const isPercent = (metric: Friendly): boolean => PERCENT.has(metric);

export const draftOf = ({ threshold, grace_period, general }: AlertSettings): Draft => ({
  threshold: { ...threshold },
  grace: { ...grace_period },
  downtime: general.downtime,
});

/** Which fields are wrong: `threshold.cpu`, `grace.downtime`. */
export function wrongIn(draft: Draft): Set<string> {
  const wrong = new Set<string>();
  for (const [metric, value] of Object.entries(draft.threshold)) {
    if (!within(value, 0, PERCENT.has(metric) ? MOST_PERCENT : MOST_SPEED)) wrong.add(`threshold.${metric}`);
  }
  for (const [cause, value] of Object.entries(draft.grace)) {
    const least = cause === "downtime" ? 1 : 0;
    if (!within(value, least, MOST_MINUTES) || !Number.isInteger(Number(value))) wrong.add(`grace.${cause}`);
  }
  return wrong;
}

const within = (value: number | string, low: number, high: number): boolean =>
  value !== "" && Number(value) >= low && Number(value) <= high;

const numbers = <K extends string>(values: Record<K, number | string>): Record<K, number> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Number(value)])) as Record<K, number>;

export const settingsOf = (draft: Draft): AlertSettings => ({
  threshold: numbers(draft.threshold),
  grace_period: numbers(draft.grace),
  general: { downtime: draft.downtime },
});
