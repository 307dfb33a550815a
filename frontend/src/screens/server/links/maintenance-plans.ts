/** Maintenance of one server: which plans matter to it, and the quick one that is made for it alone. Pure. */
import type { PlanRow } from "../../../wire/server-types.ts";
import { t } from "../../../words/index.ts";

export const SPANS = [60, 240, 1440, null] as const; // minutes; null: until somebody ends it
export type Span = (typeof SPANS)[number];

const QUICK_STRATEGIES = ["single", "manual"];
const [TITLE_START = "", TITLE_END = ""] = t("maintenance.quickTitle", { name: "\n" }).split("\n");

/** `YYYY-MM-DD HH:mm:ss` in UTC. */
const wallTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace("T", " ");

/** What `addMaintenance` takes, beginning at once. */
export function quickPlan(name: string, span: Span, now: number): Record<string, unknown> {
  const end = span === null ? [] : [wallTime(now + span * 60_000)];
  const midnight = { hours: 0, minutes: 0 };
  return {
    title: t("maintenance.quickTitle", { name }),
    description: "",
    strategy: span === null ? "manual" : "single",
    active: true,
    intervalDay: 1,
    dateRange: [wallTime(now), ...end],
    timeRange: [midnight, midnight],
    weekdays: [],
    daysOfMonth: [],
    timezoneOption: "UTC",
    cron: "",
    durationMinutes: span ?? 0,
  };
}

/** When a single plan of the shape above ends; null when it does not say so in UTC. */
export function endOf(plan: { dateRange?: unknown; timezoneOption?: unknown }): number | null {
  const end = Array.isArray(plan.dateRange) ? (plan.dateRange[1] as unknown) : null;
  if (typeof end !== "string" || plan.timezoneOption !== "UTC") return null;
  return Date.parse(`${end.replace(" ", "T")}Z`) || null;
}

/** Made here for one server, which shows in its title: no choice for others, and of no use when it is over. */
export const isQuick = ({ title, strategy }: PlanRow): boolean =>
  QUICK_STRATEGIES.includes(strategy) && title.startsWith(TITLE_START) && title.endsWith(TITLE_END);

/** The plans a person may want to switch on or off for a server. */
export const offered = (plans: readonly PlanRow[]): PlanRow[] =>
  plans.filter((plan) => plan.status !== "ended" && !isQuick(plan));

export interface Running {
  own: number[]; // made here
  others: number[];
}

/** Which of a server's plans hold now. A plan of somebody else is not among `plans`, and may be the one. */
export function runningOf(plans: readonly PlanRow[], ids: readonly number[]): Running {
  const known = new Map(plans.map((plan) => [plan.id, plan]));
  const running = ids.filter((id) => (known.get(id)?.status ?? "under-maintenance") === "under-maintenance");
  const isOwn = (id: number): boolean => {
    const plan = known.get(id);
    return plan !== undefined && isQuick(plan);
  };
  return { own: running.filter(isOwn), others: running.filter((id) => !isOwn(id)) };
}

/** Quick plans of the server that are over and only lengthen the list of plans. */
export const spentOf = (plans: readonly PlanRow[], ids: readonly number[]): number[] =>
  plans.filter((plan) => isQuick(plan) && plan.status === "ended" && ids.includes(plan.id)).map(({ id }) => id);
