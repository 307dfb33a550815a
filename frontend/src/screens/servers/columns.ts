/** How wide the columns of the table of servers are, which of them fit, and what orders by each. Pure. */
import type { Column } from "../../state/server-columns.ts";
import type { Order } from "../../state/server-filters.ts";

const WIDTHS: Record<Column, number> = {
  cpu: 76, ram: 76, disk: 76, hour: 116, net: 96, load: 56, temperature: 60, uptime: 88, tags: 150, agent: 72, seen: 84,
}; // px
const GAP = 16;
const NAME = 190; // at least, with mark and selection

// What is left out first where not all fit.
const SPARED: readonly Column[] = [
  "hour", "agent", "net", "uptime", "tags", "load", "temperature", "seen", "disk", "ram", "cpu",
];

export const ORDER_OF: Record<Column, Order | null> = {
  cpu: "cpu", ram: "ram", disk: "disk", hour: null, net: "net", load: "load", temperature: "temperature",
  uptime: "uptime", tags: null, agent: "agent", seen: "seen",
};

/** Those of the chosen columns that a table of this width (px) has room for. */
export function fitting(chosen: readonly Column[], width: number): Column[] {
  const shown = new Set(chosen);
  const room = (): number => width - NAME - [...shown].reduce((sum, column) => sum + WIDTHS[column] + GAP, 0);
  for (const column of SPARED) {
    if (room() >= 0) break;
    shown.delete(column);
  }
  return chosen.filter((column) => shown.has(column));
}

/** A grid of CSS: mark and name, then the columns. */
export const gridOf = (columns: readonly Column[], selectable: boolean): string =>
  [selectable ? "20px" : "", "18px minmax(0, 1fr)", ...columns.map((column) => `${WIDTHS[column]}px`)].join(" ").trim();
