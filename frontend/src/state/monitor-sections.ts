/** The list in sections instead of groups: by tag, by status, or all in one. Pure. */
import type { Status } from "../words/status.ts";
import { FILTER_STATUSES, tagLabel, type Sort } from "./monitor-filters.ts";
import { ordered, type ListLine } from "./monitor-tree.ts";
import { statusOf, type MonitorRow } from "./monitors.ts";

export const SECTIONS = ["groups", "tags", "status", "none"] as const;
export type Sections = (typeof SECTIONS)[number];

interface Section {
  key: string;
  label: string;
  status?: Status;
  rows: MonitorRow[];
}

const lineOf = (key: number | string, { id, type }: MonitorRow): ListLine =>
  ({ key, id, depth: 0, group: type === "group", open: false, children: 0 });

/** A monitor stands below each of its tags; what has none comes last, with an empty label. */
function byTag(rows: readonly MonitorRow[]): Section[] {
  const found = new Map<string, Section>();
  for (const row of rows) {
    const labels = row.tags.length ? new Set(row.tags.map(([name, value]) => tagLabel(name, value))) : [""];
    for (const label of labels) {
      const section = found.get(label) ?? { key: `tag:${label}`, label, rows: [] };
      found.set(label, section);
      section.rows.push(row);
    }
  }
  const last = (label: string): number => Number(label === "");
  return [...found.values()].sort((a, b) => last(a.label) - last(b.label) || a.label.localeCompare(b.label));
}

function byStatus(rows: readonly MonitorRow[]): Section[] {
  const found = new Map<Status, MonitorRow[]>();
  for (const row of rows) {
    const status = statusOf(row);
    const list = found.get(status);
    if (list) list.push(row);
    else found.set(status, [row]);
  }
  const order: readonly Status[] = [...FILTER_STATUSES, "unknown"];
  return order.flatMap((status) => {
    const list = found.get(status);
    return list ? [{ key: `status:${status}`, label: "", status, rows: list }] : [];
  });
}

/**
 * The lines from top to bottom: the head of each section, and what is in those that are open.
 * @param rows in the order of ranks
 * @param closed keys of the sections that are not open
 */
export function sectioned(
  rows: readonly MonitorRow[],
  by: Exclude<Sections, "groups">,
  sort: Sort,
  closed: ReadonlySet<number | string>,
): ListLine[] {
  const list = ordered(rows, sort);
  if (by === "none") return list.map((row) => lineOf(row.id, row));
  return (by === "tags" ? byTag(list) : byStatus(list)).flatMap(({ key, label, status, rows: members }) => {
    const open = !closed.has(key);
    const children = members.length;
    const head = { key, id: 0, depth: 0, group: true, open, children, label, ...(status ? { status } : {}) };
    return open ? [head, ...members.map((row) => lineOf(`${key}/${row.id}`, row))] : [head];
  });
}

/** The head that a line stands below: that of its section, or the group at the top; -1: there is none. */
export function headAbove(lines: readonly ListLine[], index: number): number {
  const sections = lines[0]?.id === 0;
  for (let at = Math.min(index, lines.length - 1); at >= 0; at -= 1) {
    const line = lines[at];
    if (line && (sections ? line.id === 0 : line.depth === 0)) return line.open || sections ? at : -1;
  }
  return -1;
}
