/** The alert settings as a form has them, and back. Pure. */
import type { AlertSettings, Cause, Friendly } from "../../wire/server-types.ts";

export const LIMITED: readonly Friendly[] = ["cpu", "ram", "disk", "net_in", "net_out"];
const PERCENT = new Set<string>(["cpu", "ram", "disk"]);
const MOST_PERCENT = 100;
const MOST_SPEED = 100_000; // MB/s
const MOST_MINUTES = 1440;

/** Numbers as they stand in fields; a field may be empty. */
export interface Draft {
  threshold: Record<Friendly, number | string>;
  grace: Record<Cause, number | string>;
  downtime: boolean | null; // null: as it is
}

/** Nothing is changed by it: the settings of several servers, of which each has its own. */
export const emptyDraft = (): Draft => ({
  threshold: { cpu: "", ram: "", disk: "", net_in: "", net_out: "" },
  grace: { cpu: "", ram: "", disk: "", net_in: "", net_out: "", downtime: "" },
  downtime: null,
});

export type AlertField = `threshold.${Friendly}` | `grace.${Cause}`;

export const isPercent = (metric: Friendly): boolean => PERCENT.has(metric);

export const draftOf = ({ threshold, grace_period, general }: AlertSettings): Draft => ({
  threshold: { ...threshold },
  grace: { ...grace_period },
  downtime: general.downtime,
});

/** The server's limits of a field. */
export function limitsOf(field: AlertField): readonly [least: number, most: number] {
  const [part, name = ""] = field.split(".");
  if (part === "grace") return [name === "downtime" ? 1 : 0, MOST_MINUTES];
  return [0, PERCENT.has(name) ? MOST_PERCENT : MOST_SPEED];
}

/** Which fields are wrong, in the order they stand in. `partly`: an empty one stays as it is. */
export function wrongIn(draft: Draft, partly = false): Set<AlertField> {
  const wrong = new Set<AlertField>();
  const within = (field: AlertField, value: number | string): boolean => {
    const [least, most] = limitsOf(field);
    if (value === "") return partly;
    return Number(value) >= least && Number(value) <= most;
  };
  const look = (cause: Cause): void => {
    const value = draft.grace[cause];
    if (!within(`grace.${cause}`, value) || !Number.isInteger(Number(value))) wrong.add(`grace.${cause}`);
  };
  for (const metric of LIMITED) {
    if (!within(`threshold.${metric}`, draft.threshold[metric])) wrong.add(`threshold.${metric}`);
    look(metric);
  }
  look("downtime");
  return wrong;
}

const numbers = <K extends string>(values: Record<K, number | string>): Record<K, number> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Number(value)])) as Record<K, number>;

export const settingsOf = (draft: Draft): AlertSettings => ({
  threshold: numbers(draft.threshold),
  grace_period: numbers(draft.grace),
  general: { downtime: draft.downtime ?? true },
});

/** A part of the alert settings: what is filled in. */
export type AlertChanges = { [Section in keyof AlertSettings]?: Partial<AlertSettings[Section]> };

const filled = <K extends string>(values: Record<K, number | string>): Partial<Record<K, number>> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== "").map(([key, value]) => [key, Number(value)]),
  ) as Partial<Record<K, number>>;

export function changesIn(draft: Draft): AlertChanges {
  const changes: AlertChanges = {
    threshold: filled(draft.threshold),
    grace_period: filled(draft.grace),
    general: draft.downtime === null ? {} : { downtime: draft.downtime },
  };
  return Object.fromEntries(Object.entries(changes).filter(([, values]) => Object.keys(values).length));
}
