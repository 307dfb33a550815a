/** Which part of the chart is looked at. Pure; times in seconds since 1970. */
import { bucketSeconds, RANGES, type ChartData, type Range } from "./response-data.ts";

export interface View {
  from: number;
  to: number;
}

const LEAST_STEPS = 6; // fewer points are no line
const LEAST_S = 60;
const HOUR_S = 3600;

/** The finest range that reaches back to a moment. */
export function rangeFor(from: number, now: number): Range {
  const hours = RANGES.filter((range) => range !== "recent" && Number(range) * HOUR_S >= now - from);
  return hours[0] ?? RANGES[RANGES.length - 1] ?? "recent";
}

/** From one moment to another, widened where the buckets of the range are too coarse to show anything. */
export function viewFor(from: number, to: number, range: Range): View {
  const least = LEAST_STEPS * (range === "recent" ? LEAST_S / LEAST_STEPS : bucketSeconds(Number(range)));
  const more = Math.max(0, (least - (to - from)) / 2);
  return { from: from - more, to: to + more };
}

/** A bit of what was before and is after. */
export function around(from: number, to: number): View {
  const margin = Math.max(5 * LEAST_S, (to - from) / 2);
  return { from: from - margin, to: to + margin };
}

export function cut(data: ChartData, view: View | null): ChartData {
  if (!view) return data;
  const inside = data.times.map((time) => time >= view.from && time <= view.to);
  const part = <T>(list: readonly T[]): T[] => list.filter((_, index) => inside[index]);
  return {
    times: part(data.times),
    average: part(data.average),
    low: part(data.low),
    high: part(data.high),
    spans: data.spans.filter(({ from, to }) => to >= view.from && from <= view.to),
  };
}

/** Where a key leads: + and - draw nearer and away, arrows go along; null: all of it; undefined: no key of ours. */
export function keyed(key: string, view: View | null, whole: View): View | null | undefined {
  const { from, to } = view ?? whole;
  const length = to - from;
  const go = (step: number): View | null => {
    if (!view) return null;
    const shift = Math.min(Math.max(step * length, whole.from - from), whole.to - to);
    return { from: from + shift, to: to + shift };
  };
  switch (key) {
    case "+":
    case "=":
      return length / 2 < LEAST_S ? view : { from: from + length / 4, to: to - length / 4 };
    case "-":
      if (!view || length * 2 >= whole.to - whole.from) return null;
      return { from: Math.max(whole.from, from - length / 2), to: Math.min(whole.to, to + length / 2) };
    case "ArrowLeft":
      return go(-0.25);
    case "ArrowRight":
      return go(0.25);
    case "Escape":
    case "0":
      return view ? null : undefined;
    default:
      return undefined;
  }
}

/** Index of the time that is nearest; -1 without any, or where none is nearer than `within` seconds. */
export function nearest(times: readonly number[], time: number, within = Infinity): number {
  let found = -1;
  let distance = within;
  times.forEach((each, index) => {
    if (Math.abs(each - time) > distance) return;
    found = index;
    distance = Math.abs(each - time);
  });
  return found;
}
