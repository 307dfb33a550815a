/** From the series a server sends to the columns charts draw. Pure. */
import type { Columns, Friendly, MetricsAck } from "../../../wire/server-types.ts";

const GAP_FACTOR = 2.5; // so many steps without a sample are a hole
const NEAR_NOW = 0.1; // of a window: time goes on between two steps
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export const RANGES = ["1", "6", "24", "168", "720", "8760"] as const; // hours
export type Range = (typeof RANGES)[number];

export type ChartName = "cpu" | "load" | "ram" | "swap" | "disk" | "net" | "io" | "temperature" | "volumes" | "processes";

export interface ChartPlan {
  name: ChartName;
  metrics: string[]; // as they are asked for
  percent: boolean;
  part?: string; // the one metric that is left of a chart of several
  totals?: Readonly<Record<string, string>>; // which metric says how much 100 % of another is
}

/** undefined: no sample of this series at that time, another has one; null: a hole. */
export type Cell = number | null | undefined;

export interface Line {
  source: number; // which of the answers it comes from; 0 is the server's own
  metric: string;
  reach: number; // seconds around a sample it speaks for
  mean: Cell[];
  low: Cell[];
  high: Cell[];
  total: Cell[]; // how much 100 % is, where it was sent
}

/** A value above which there is an alert; null: of all lines. */
export interface Threshold {
  value: number;
  line: number | null;
}

export interface Drawing {
  times: number[]; // seconds since 1970
  lines: Line[];
  unit: string;
  thresholds: Threshold[]; // from the highest
}

/** What a chart needs of an answer; null: none yet. */
export type Answer = Pick<MetricsAck, "series" | "step" | "thresholds"> | null;

/** How much time a span may cover: `[from, to]` in ms. */
export type TimeSpan = readonly [from: number, to: number];

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
/** Of charts without samples: their axes say it all the same. */
const UNITS: Partial<Record<ChartName, string>> = {
  net: "MB/s",
  io: "bytes/s",
  swap: "bytes",
  volumes: "bytes",
  temperature: "°C",
};
const MOST_INSTANCES = 6; // lines one can tell apart

const storedOf = (metric: string): string => STORED[metric as Friendly] ?? metric;

/** The charts a server has samples for, in the order of the page. */
export function plansFor(stored: readonly string[]): ChartPlan[] {
  const known = new Set(stored);
  const plans: ChartPlan[] = FIXED.map(([name, metrics, percent]) => ({
    name,
    metrics: metrics.filter((metric) => known.has(storedOf(metric))),
    percent,
  }));
  const instances = (base: string) => stored.filter((name) => name.startsWith(`${base}[`)).slice(0, MOST_INSTANCES);
  const totals = new Map(instances("disk_used_b").map((used) => [used, used.replace("disk_used_b", "disk_total_b")]));
  const shares = [...totals].filter(([, total]) => known.has(total));
  const amounts = [...totals].filter(([, total]) => !known.has(total));
  const metrics = shares.map(([used]) => used);
  plans.push({ name: "volumes", metrics, percent: true, totals: Object.fromEntries(shares) });
  plans.push({ name: "volumes", metrics: amounts.map(([used]) => used), percent: false });
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

/** Times of samples after which nothing came for too long. */
function holesOf(times: readonly number[], step: number): number[] {
  return times.filter((time, index) => (times[index + 1] ?? time) - time > step * GAP_FACTOR);
}

/** All that has to be asked for to draw a chart. */
export const askedFor = ({ metrics, totals = {} }: ChartPlan): string[] => [
  ...metrics,
  ...metrics.flatMap((metric) => totals[metric] ?? []),
];

interface Found {
  source: number;
  metric: string;
  columns: Shares | undefined;
  step: number;
  holes: number[];
}

type Shares = Columns & { total?: number[] };

/** Percent of what was the total at that time, or last before. */
function sharesOf(used: Columns | undefined, total: Columns | undefined): Shares | undefined {
  if (!used || !total?.times.length) return undefined;
  let at = 0;
  const whole = used.times.map((time) => {
    while ((total.times[at + 1] ?? Infinity) <= time) at += 1;
    return total.mean[at] ?? 0;
  });
  const share = (column: readonly number[]) =>
    column.map((value, index) => (whole[index] ? (value / whole[index]) * 100 : 0));
  const { times, min, mean, max } = used;
  return { unit: "%", times, min: share(min), mean: share(mean), max: share(max), total: whole };
}

function findSeries(metric: string, total: string | undefined, answer: Answer, source: number): Found {
  const own = answer?.series[metric];
  const columns = total === undefined ? own : sharesOf(own, answer?.series[total]);
  const step = columns && answer ? stepOf(columns.times, answer.step) : 0;
  return { source, metric, columns, step, holes: columns ? holesOf(columns.times, step) : [] };
}

/**
 * All series of one chart over the same times: the server's own answer first, then those it is compared with.
 * Where answers are compared, one without samples keeps its line, so that its name stays in the legend.
 */
export function align(plan: ChartPlan, answers: readonly Answer[]): Drawing {
  const found = answers
    .flatMap((answer, source) => plan.metrics.map((metric) => findSeries(metric, plan.totals?.[metric], answer, source)))
    .filter(({ columns }) => columns?.times.length || answers.length > 1);
  // In every hole there has to be a time, or nothing would break the line.
  const within = ({ holes, step }: Found) => holes.map((time) => time + step);
  const all = new Set(found.flatMap((series) => [...(series.columns?.times ?? []), ...within(series)]));
  const times = [...all].sort((a, b) => a - b);
  return {
    times: times.map((time) => time / 1000),
    lines: found.map((series) => lineOf(series, times)),
    unit: found.find(({ columns }) => columns)?.columns?.unit ?? (plan.percent ? "%" : UNITS[plan.name]) ?? "",
    thresholds: thresholdsOf(found, answers[0] ?? null),
  };
}

/** Only the server's own are drawn; equal ones are one. */
function thresholdsOf(found: readonly Found[], own: Answer): Threshold[] {
  const all = found.flatMap(({ source, metric, columns }, line) => {
    const value = own?.thresholds[metric as Friendly];
    return source === 0 && columns?.times.length && value !== undefined ? [{ value, line }] : [];
  });
  const values = new Set(all.map(({ value }) => value));
  if (values.size < 2) return [...values].map((value) => ({ value, line: null }));
  return all.sort((a, b) => b.value - a.value);
}

function lineOf({ source, metric, columns, step, holes }: Found, times: readonly number[]): Line {
  const index = new Map(columns?.times.map((time, at) => [time, at]));
  const begins = new Set(holes);
  const pick = (column: readonly number[] = []): Cell[] => {
    let hole = false; // from its beginning to the next sample, whatever times others have in between
    return times.map((time) => {
      const at = index.get(time);
      if (at === undefined) return hole ? null : undefined;
      hole = begins.has(time);
      return column[at];
    });
  };
  const reach = (step * GAP_FACTOR) / 2 / 1000;
  const values = { mean: pick(columns?.mean), low: pick(columns?.min), high: pick(columns?.max) };
  return { source, metric, reach, ...values, total: pick(columns?.total) };
}

/** Where a line's newest sample is. */
export function newestAt({ mean }: Pick<Line, "mean">): number | null {
  const at = mean.findLastIndex((cell) => typeof cell === "number");
  return at < 0 ? null : at;
}

/** Where the sample is that speaks for a time which may be another line's; null in a hole. */
export function sampleAt(
  { mean, reach }: Pick<Line, "mean" | "reach">,
  times: readonly number[],
  at: number,
): number | null {
  const before = mean.findLastIndex((cell, index) => index <= at && cell !== undefined);
  const after = mean.findIndex((cell, index) => index >= at && cell !== undefined);
  const apart = (index: number) => (index < 0 ? Infinity : Math.abs((times[index] ?? Infinity) - (times[at] ?? 0)));
  const closest = apart(after) < apart(before) ? after : before;
  return apart(closest) <= reach && typeof mean[closest] === "number" ? closest : null;
}

/** The next window to the left or right; null: it reaches now, and is live from there on. */
export function shifted([from, to]: TimeSpan, by: -1 | 1, now: number): TimeSpan | null {
  const span = to - from;
  const end = to + by * span;
  return by > 0 && end >= now - span * NEAR_NOW ? null : [end - span, end];
}

/** How often a chart of that span needs to be read again, in ms. */
export const refreshMs = (span: number): number =>
  span <= HOUR_MS ? 5_000 : span <= DAY_MS ? 60_000 : 600_000;
