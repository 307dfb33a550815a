/** From the map of monitors to the lines of the list: filtered, ordered, groups opened or closed. */
import type { Status } from "../words/status.ts";
import type { Sort } from "./monitor-filters.ts";
import type { Found } from "./monitor-search.ts";
import { statusOf, type MonitorRow } from "./monitors.ts";

export interface ListLine {
  key: number | string; // an id, or what tells a line apart that there are several of
  id: number; // of its monitor; 0: the line is the head of a section
  depth: number;
  group: boolean;
  open: boolean;
  children: number; // shown ones
  label?: string; // of the head of a section
  status?: Status; // what the section is of
}

export type Children = Map<number | null, MonitorRow[]>;
type Order = (a: MonitorRow, b: MonitorRow) => number;

const URGENCY: Record<Status, number> = { down: 0, pending: 1, unchecked: 2, unknown: 3, maintenance: 4, up: 5, paused: 6 };
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

const byRank: Order = (a, b) => a.rank - b.rank;
const numberOr = (value: number | null, missing: number): number => value ?? missing;

/** What is paused has no news: it comes last whatever the order. */
const pausedLast = (a: MonitorRow, b: MonitorRow): number => Number(b.active) - Number(a.active);

export const ORDERS: Record<Sort, Order> = {
  name: byRank,
  status: (a, b) => URGENCY[statusOf(a)] - URGENCY[statusOf(b)] || byRank(a, b),
  uptime: (a, b) => pausedLast(a, b) || numberOr(a.uptime24, 2) - numberOr(b.uptime24, 2) || byRank(a, b),
  response: (a, b) => pausedLast(a, b) || numberOr(b.ping, -1) - numberOr(a.ping, -1) || byRank(a, b),
};

/**
 * Put all rows in order once per change of names: comparing names is the dear part of every later ordering
 * (10,000 rows: some 60 ms here, against 3 ms by rank). Returns them in that order.
 */
export function assignRanks(rows: Map<number, MonitorRow>): MonitorRow[] {
  const all = [...rows.values()].sort(
    (a, b) => pausedLast(a, b) || b.weight - a.weight || collator.compare(a.name, b.name) || a.id - b.id,
  );
  all.forEach((row, index) => (row.rank = index));
  return all;
}

/** Children by parent, in the order of ranks. A parent that is not there, or a circle of parents, makes a row a root. */
export function childrenOf(rows: Map<number, MonitorRow>, inOrder: Iterable<MonitorRow> = rows.values()): Children {
  const children: Children = new Map();
  for (const row of inOrder) {
    const parent = row.parent !== null && rows.has(row.parent) && !inCircle(row, rows) ? row.parent : null;
    const list = children.get(parent);
    if (list) list.push(row);
    else children.set(parent, [row]);
  }
  return children;
}

function inCircle(row: MonitorRow, rows: Map<number, MonitorRow>): boolean {
  let above = row.parent;
  for (let steps = 0; above !== null; steps += 1) {
    if (above === row.id || steps > rows.size) return true;
    above = rows.get(above)?.parent ?? null;
  }
  return false;
}

/** In their order, which were in that of `assignRanks`: by status they need only be dealt out. */
export function ordered(list: readonly MonitorRow[], sort: Sort): readonly MonitorRow[] {
  if (sort === "name" || list.length < 2) return list;
  if (sort !== "status") return [...list].sort(ORDERS[sort]);
  const byUrgency: MonitorRow[][] = [];
  for (const row of list) (byUrgency[URGENCY[statusOf(row)]] ??= []).push(row);
  return byUrgency.flat(); // passes over what there is none of
}

/**
 * All lines in their order with every group open: made once, so that a key in the search picks from them instead of
 * walking through the tree, and a row that stays in view keeps its line.
 */
export class OpenLines {
  readonly lines: readonly ListLine[];
  private readonly ranks: number[] = []; // of their rows

  constructor(children: Children, sort: Sort) {
    this.lines = flatten(children, null, sort, new Set(), this.ranks);
  }

  /** Those that a filter leaves. */
  of({ shown }: Found): ListLine[] {
    const left: ListLine[] = [];
    const { lines, ranks } = this;
    for (let index = 0; index < ranks.length; index += 1) {
      if (shown[ranks[index] as number]) left.push(lines[index] as ListLine);
    }
    return left;
  }
}

/**
 * The lines of the tree from top to bottom. While filtering, every group is open.
 * @param children each list in the order of ranks
 * @param ranks gets those of the lines
 */
export function flatten(
  children: Children,
  found: Found | null,
  sort: Sort,
  closed: ReadonlySet<number | string>,
  ranks?: number[],
): ListLine[] {
  const lines: ListLine[] = [];
  const walk = (parent: number | null, depth: number) => {
    const list = children.get(parent);
    if (!list) return;
    for (const row of ordered(found ? list.filter(({ rank }) => found.shown[rank]) : list, sort)) {
      const below = children.get(row.id)?.length ?? 0;
      const open = below > 0 && (found !== null || !closed.has(row.id));
      lines.push({ key: row.id, id: row.id, depth, group: row.type === "group" || below > 0, open, children: below });
      ranks?.push(row.rank);
      if (open) walk(row.id, depth + 1);
    }
  };
  walk(null, 0);
  return lines;
}
