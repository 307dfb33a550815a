/** What is said of outages. Pure. */
import type { OutageRow } from "../../../wire/history-types.ts";

const MONTH_MS = 30 * 86_400_000;

export interface Month {
  count: number; // in the last 30 days
  downMs: number; // within them
  more: boolean; // there may be others that were not read
}

export const lengthOf = ([began, ended]: OutageRow, now: number): number => Math.max(0, (ended ?? now) - began);

/** @param rows the newest first; @param total how many there are at all */
export function lastMonth(rows: readonly OutageRow[], total: number, now: number): Month {
  const since = now - MONTH_MS;
  const inside = rows.filter(([, ended]) => (ended ?? now) > since);
  const downMs = inside.reduce((sum, [began, ended]) => sum + Math.max(0, (ended ?? now) - Math.max(began, since)), 0);
  return { count: inside.length, downMs, more: rows.length < total && inside.length === rows.length };
}

/** Width of a block in percent: the longest fills its row, a short one is still seen. */
export function widthOf(ms: number, longest: number): number {
  return longest <= 0 ? 0 : Math.max(2, Math.round((100 * ms) / longest));
}
