/** A monitor's past, as the server tells it: see docs/page-protocol.md. Times are milliseconds since 1970. */
import type { StatusCode } from "./types.ts";

/** One hour or day (UTC). `uptime` 0…1, null: nothing was checked; response times in milliseconds. */
export type PeriodRow = [
  began: number,
  uptime: number | null,
  outages: number,
  downMs: number,
  average: number | null,
  least: number | null,
  most: number | null,
  maintenance: 0 | 1,
];

export interface HistoryAck {
  seconds: 3600 | 86_400;
  periods: PeriodRow[];
}

/** `ended` null: it goes on. */
export type OutageRow = [began: number, ended: number | null, msg: string];

export interface OutagesAck {
  total: number;
  outages: OutageRow[];
}

/** Of single checks that were up; milliseconds, null without any. */
export interface ResponseTimes {
  checks: number;
  least: number | null;
  average: number | null;
  most: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

export type SavedAnswer = [time: number, status: StatusCode, msg: string, text: string, cut: boolean];
