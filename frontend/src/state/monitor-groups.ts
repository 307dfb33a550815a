/** The groups that monitors may be put into: not themselves, nor what lies below them. Pure. */
import type { MonitorRow } from "./monitors.ts";

export interface Group {
  id: number;
  path: string;
}

export function groupsFor(rows: Map<number, MonitorRow>, exclude: number | null | ReadonlySet<number>): Group[] {
  const excluded = exclude instanceof Set ? (exclude as ReadonlySet<number>) : new Set([exclude]);
  const groups: Group[] = [];
  for (const row of rows.values()) {
    if (row.type !== "group") continue;
    const names: string[] = [];
    let current: MonitorRow | undefined = row;
    let inside = false;
    while (current && names.length <= rows.size) {
      inside ||= excluded.has(current.id);
      names.unshift(current.name);
      current = current.parent === null ? undefined : rows.get(current.parent);
    }
    if (!inside) groups.push({ id: row.id, path: names.join(" / ") });
  }
  return groups.sort((a, b) => a.path.localeCompare(b.path));
}
