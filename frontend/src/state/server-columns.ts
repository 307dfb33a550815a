/** How the list of servers is drawn: as a table or as cards, and with which columns. Remembered in this browser. */
import { shallowRef } from "vue";

export const COLUMNS = [
  "cpu", "ram", "disk", "hour", "net", "load", "temperature", "uptime", "tags", "agent", "seen",
] as const;
export type Column = (typeof COLUMNS)[number];
export type Layout = "table" | "cards";

export interface Look {
  layout: Layout;
  columns: readonly Column[]; // in the order of `COLUMNS`
}

const KEY = "server-list";
const FIRST: Look = { layout: "table", columns: ["cpu", "ram", "disk", "hour", "net", "seen"] };

/** What was stored, as far as it is still known; pure. */
export function lookFrom(stored: string | null): Look {
  try {
    const found = JSON.parse(stored ?? "null") as Partial<Record<keyof Look, unknown>> | null;
    if (!found || !Array.isArray(found.columns)) return FIRST;
    const chosen: readonly unknown[] = found.columns;
    const columns = COLUMNS.filter((column) => chosen.includes(column));
    return { layout: found.layout === "cards" ? "cards" : "table", columns };
  } catch {
    return FIRST;
  }
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export const look = shallowRef<Look>(lookFrom(stored()));

export function changeLook(change: Partial<Look>): void {
  look.value = { ...look.value, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(look.value));
  } catch {
    // It holds until the page is left.
  }
}

/** Shows or hides one column; they keep their order. */
export function toggleColumn(column: Column): void {
  const { columns } = look.value;
  const wanted = new Set(columns.includes(column) ? columns.filter((one) => one !== column) : [...columns, column]);
  changeLook({ columns: COLUMNS.filter((one) => wanted.has(one)) });
}
