/** The lines of the list of servers: headings of groups, rows of a table, or cards side by side. Pure. */
import type { Group } from "../../state/server-filters.ts";
import type { Layout } from "../../state/server-columns.ts";

/** Heights in px: the list says where every line stands without drawing it. */
export const HEIGHTS = { group: 44, table: 58, cards: 200 } as const;
export const GAP = 12; // between cards
const CARD_MIN = 300; // px; narrower ones say too little

export type Line =
  | { kind: "group"; tag: string | null; count: number; uuids?: undefined; first: number }
  | { kind: "servers"; uuids: readonly string[]; first: number; tag?: undefined };

export const perLine = (layout: Layout, width: number): number =>
  layout === "table" ? 1 : Math.max(1, Math.floor((width + GAP) / (CARD_MIN + GAP)));

/** `first` of a line is the place of its first server among all that are shown. */
export function linesOf(groups: readonly Group[], grouped: boolean, side: number): Line[] {
  const lines: Line[] = [];
  let first = 0;
  for (const { tag, uuids } of groups) {
    if (grouped) lines.push({ kind: "group", tag, count: uuids.length, first });
    for (let at = 0; at < uuids.length; at += side) {
      const some = uuids.slice(at, at + side);
      lines.push({ kind: "servers", uuids: some, first });
      first += some.length;
    }
  }
  return lines;
}

/** Where every line begins, in px, and at the end where the list does. */
export function topsOf(lines: readonly Line[], layout: Layout): number[] {
  const tops = [0];
  let top = 0;
  for (const { kind } of lines) {
    top += kind === "group" ? HEIGHTS.group : layout === "table" ? HEIGHTS.table : HEIGHTS.cards + GAP;
    tops.push(top);
  }
  return tops;
}

/** The line at some height; the last one that begins at it or above. */
export function lineAt(tops: readonly number[], y: number): number {
  let [low, high] = [0, tops.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The line that holds the server at some place among all that are shown. */
export function lineOf(lines: readonly Line[], place: number): number {
  return lines.findIndex(({ uuids, first }) => uuids !== undefined && place >= first && place < first + uuids.length);
}
