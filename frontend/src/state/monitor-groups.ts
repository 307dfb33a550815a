/** The groups a monitor may be put into: not itself, nor what lies below it. Pure. */
import type { MonitorRow } from "../../state/monitors.ts";

export interface Group {
  id: number;
  path: string;
}

export function groupsFor(rows: Map<number, MonitorRow>, exclude: number | null): Group[] {
  const groups: Group[] = [];
  for (const row of rows.values()) {
    if (row.type !== "group") continue;
    const names: string[] = [];
    let current: MonitorRow | undefined = row;
    let inside = false;
    while (current && names.length <= rows.size) {
      inside ||= current.id === exclude;
      names.unshift(current.name);
      current = current.parent === null ? undefined : rows.get(current.parent);
    }
    if (!inside) groups.push({ id: row.id, path: names.join(" / ") });
  }
  return groups.sort((a, b) => a.path.localeCompare(b.path));
}
