/** Which servers a search finds, and in which order. Pure. */
import type { ServerRow } from "../../wire/server-types.ts";

export const ORDERS = ["name", "trouble", "cpu", "ram", "disk", "seen"] as const;
export type Order = (typeof ORDERS)[number];

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const byName = (a: ServerRow, b: ServerRow): number => collator.compare(a.name, b.name) || (a.uuid < b.uuid ? -1 : 1);
const weight = (row: ServerRow): number => (row.maintenance ? 0 : row.status === "offline" ? 2 : row.alerts.length ? 1 : 0);

const RANK: Record<Exclude<Order, "name">, (row: ServerRow) => number> = {
  trouble: weight,
  cpu: (row) => row.cpu ?? -1,
  ram: (row) => row.ram ?? -1,
  disk: (row) => row.disk ?? -1,
  seen: (row) => -row.lastSeen,
};

export function ordered(rows: Iterable<ServerRow>, text: string, order: Order): ServerRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [...rows].filter((row) => {
    const all = `${row.name} ${row.operatingSystem ?? ""}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  if (order === "name") return found.sort(byName);
  const rank = RANK[order];
  return found.sort((a, b) => rank(b) - rank(a) || byName(a, b));
}
