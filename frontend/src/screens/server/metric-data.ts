/** From the series a server sends to the columns charts draw. Pure. */
import type { Columns, Friendly, MetricsAck } from "../../wire/server-types.ts";

const GAP_FACTOR = 2.5; // so many steps without a sample are a hole
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export const RANGES = ["1", "6", "24", "168", "720", "8760"] as const; // hours
export type Range = (typeof RANGES)[number];

export type ChartName = "cpu" | "load" | "ram" | "swap" | "disk" | "net" | "io" | "temperature" | "volumes" | "processes";

export interface ChartPlan {
  name: ChartName;
  metrics: string[]; // as they are asked for
  percent: boolean;
}

/** undefined: no sample of this series at that time, another has one; null: a hole. */
export type Cell = number | null | undefined;

export interface Line {
  metric: string;
  mean: Cell[];
  low: Cell[];
  high: Cell[];
}

export interface Drawing {
  times: number[]; // seconds since 1970
  lines: Line[];
  unit: string;
  threshold: { metric: string; value: number } | null;
}

/** How much time a span may cover: `[from, to]` in ms. */
export type Window = readonly [from: number, to: number];

export const STORED: Record<Friendly, string> = {
  cpu: "cpu_used",
  ram: "mem_used_b",
  disk: "disk_used_b",
  net_in: "net_recv_b",
  net_out: "net_sent_b",
};

const FIXED: readonly [ChartName, readonly string[], boolean][] = [
  ["cpu", ["cpu"], true],
  ["ram", ["ram"], true],
  ["load", ["load_1", "load_5", "load_15"], false],
  ["net", ["net_in", "net_out"], false],
  ["disk", ["disk"], true],
  ["io", ["disk_read_b", "disk_write_b"], false],
  ["swap", ["swap_used_b"], false],
];
const MOST_INSTANCES = 6; // lines one can tell apart

const storedOf = (metric: string): string => STORED[metric as Friendly] ?? metric;

/** The charts a server has samples for, in the order of the page. */
export function plansFor(stored: readonly string[]): ChartPlan[] {
  const known = new Set(stored);
  const plans = FIXED.map(([name, metrics, percent]) => ({
    name,
    metrics: metrics.filter((metric) => known.has(storedOf(metric))),
    percent,
  }));
  const instances = (base: string) => stored.filter((name) => name.startsWith(`${base}[`)).slice(0, MOST_INSTANCES);
  plans.push({ name: "volumes", metrics: instances("disk_used_b"), percent: false });
  const sensors = instances("temperature_c");
  if (known.has("temperature_c")) sensors.unshift("temperature_c");
  plans.push({ name: "temperature", metrics: sensors, percent: false });
  plans.push({ name: "processes", metrics: known.has("process_count") ? ["process_count"] : [], percent: false });
  return plans.filter(({ metrics }) => metrics.length > 0);
}

function stepOf(times: readonly number[], declared: number): number {
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0)).sort((a, b) => a - b);
  return Math.max(declared, steps[Math.floor((steps.length - 1) / 2)] ?? 0);
}

/** Times after which nothing came for too long. */
function holesOf(times: readonly number[], step: number): number[] {
  return times.filter((time, index) => (times[index + 1] ?? time) - time > step * GAP_FACTOR).map((time) => time + step);
}

/** All series of one chart over the same times. */
export function align(plan: ChartPlan, answer: Pick<MetricsAck, "series" | "step" | "thresholds">): Drawing {
  const found = plan.metrics.flatMap((metric) => {
    const columns = answer.series[metric];
    if (!columns?.times.length) return [];
    return [{ metric, columns, holes: holesOf(columns.times, stepOf(columns.times, answer.step)) }];
  });
  const all = new Set<number>();
  for (const { columns, holes } of found) for (const time of [...columns.times, ...holes]) all.add(time);
  const times = [...all].sort((a, b) => a - b);
  const lines = found.map(({ metric, columns, holes }) => lineOf(metric, columns, new Set(holes), times));
  const limited = found.find(({ metric }) => answer.thresholds[metric as Friendly] !== undefined)?.metric;
  const value = limited === undefined ? undefined : answer.thresholds[limited as Friendly];
  return {
    times: times.map((time) => time / 1000),
    lines,
    unit: found[0]?.columns.unit ?? "",
    threshold: limited === undefined || value === undefined ? null : { metric: limited, value },
  };
}

function lineOf(metric: string, columns: Columns, holes: ReadonlySet<number>, times: readonly number[]): Line {
  const index = new Map(columns.times.map((time, at) => [time, at]));
  const pick = (column: readonly number[]): Cell[] =>
    times.map((time) => {
      const at = index.get(time);
      return at === undefined ? (holes.has(time) ? null : undefined) : column[at];
    });
  return { metric, mean: pick(columns.mean), low: pick(columns.min), high: pick(columns.max) };
}

/** The value at an index, or the newest one before it that is within reach. */
export function valueAt(cells: readonly Cell[], index: number | null): number | null {
  if (index !== null) return cells[index] ?? null;
  return cells.findLast((cell) => typeof cell === "number") ?? null;
}

/** The next window to the left or right, never beyond now. */
export function shifted([from, to]: Window, by: -1 | 1, now: number): Window {
  const span = to - from;
  const end = Math.min(now, to + by * span);
  return [end - span, end];
}

/** How often a chart of that span needs to be read again, in ms. */
export const refreshMs = (span: number): number =>
  span <= HOUR_MS ? 5_000 : span <= DAY_MS ? 60_000 : 600_000;
