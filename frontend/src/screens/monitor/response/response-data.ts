/** From beats and buckets to what the chart draws: aligned columns, gaps, and shaded spans. Pure. */
import type { ResponseTimes } from "../../../wire/history-types.ts";
import type { ChartBucket, DetailBeat } from "../../../wire/types.ts";

export const RANGES = ["recent", "3", "6", "24", "168", "720", "8760"] as const; // hours, or the last beats
export type Range = (typeof RANGES)[number];

export interface Span {
  from: number; // seconds since 1970
  to: number;
  tone: "down" | "maintenance" | "pending";
}

export interface ChartData {
  times: number[]; // seconds since 1970
  average: (number | null)[]; // milliseconds
  low: (number | null)[];
  high: (number | null)[];
  spans: Span[];
}

export interface Summary {
  average: number;
  low: number;
  high: number;
}

const GAP_FACTOR = 2.5; // so many steps without a beat are a hole, not a slow one

/** Seconds per bucket for a period, as the server cuts it. */
export const bucketSeconds = (hours: number): number => (hours <= 24 ? 60 : hours <= 720 ? 3600 : 86_400);

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function empty(): ChartData {
  return { times: [], average: [], low: [], high: [], spans: [] };
}

function push(data: ChartData, time: number, average: number | null, low: number | null, high: number | null): void {
  data.times.push(time);
  data.average.push(average);
  data.low.push(low);
  data.high.push(high);
}

/** A point without a value breaks the line. */
function breakBefore(data: ChartData, time: number, step: number): void {
  const last = data.times.at(-1);
  if (last !== undefined && time - last > step * GAP_FACTOR) push(data, last + step, null, null, null);
}

function extend(spans: Span[], tone: Span["tone"], from: number, to: number): void {
  const last = spans.at(-1);
  if (last && last.tone === tone && from - last.to < 1) last.to = to;
  else spans.push({ from, to, tone });
}

/** Beats, oldest first; a trouble lasts until the next beat. */
export function fromBeats(beats: readonly DetailBeat[], now: number): ChartData {
  const data = empty();
  const step = median(beats.slice(1).map((beat, index) => (beat[0] - (beats[index]?.[0] ?? 0)) / 1000)) || 60;
  beats.forEach(([time, status, ping], index) => {
    const at = time / 1000;
    breakBefore(data, at, step);
    push(data, at, status === 1 ? ping : null, null, null);
    if (status === 1) return;
    const next = beats[index + 1]?.[0] ?? now;
    const tone = status === 0 ? "down" : status === 2 ? "pending" : "maintenance";
    extend(data.spans, tone, at, Math.min(next / 1000, at + step * GAP_FACTOR));
  });
  return data;
}

/** Buckets as the server sends them, newest first. */
export function fromBuckets(buckets: readonly ChartBucket[], hours: number): ChartData {
  const data = empty();
  const step = bucketSeconds(hours);
  for (const bucket of [...buckets].sort((a, b) => a.timestamp - b.timestamp)) {
    const { timestamp, up, down, maintenance = 0 } = bucket;
    breakBefore(data, timestamp, step);
    if (up > 0) push(data, timestamp, bucket.avgPing, bucket.minPing, bucket.maxPing);
    else push(data, timestamp, null, null, null);
    if (down > 0) extend(data.spans, "down", timestamp, timestamp + step);
    else if (maintenance > 0) extend(data.spans, "maintenance", timestamp, timestamp + step);
  }
  return data;
}

/** What the chart says in a sentence; null without a single value. */
export function summarise(data: ChartData): Summary | null {
  const values = data.average.filter((value) => value !== null);
  if (!values.length) return null;
  const known = (list: (number | null)[]) => [...list.filter((value) => value !== null), ...values];
  return {
    average: values.reduce((sum, value) => sum + value, 0) / values.length,
    low: Math.min(...known(data.low)),
    high: Math.max(...known(data.high)),
  };
}

/** Of single checks: the least value that so many per cent do not exceed, as the server counts; null without any. */
export function percentile(values: readonly number[], percent: number): number | null {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.max(1, Math.ceil((ordered.length * percent) / 100)) - 1] ?? null;
}

/** The figures of some beats. */
export function timesOf(beats: readonly DetailBeat[]): ResponseTimes {
  const values = beats.flatMap(([, status, ping]) => (status === 1 && ping !== null ? [ping] : []));
  return {
    checks: values.length,
    least: percentile(values, 0),
    average: values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null,
    most: percentile(values, 100),
    p50: percentile(values, 50),
    p95: percentile(values, 95),
    p99: percentile(values, 99),
  };
}
