/** Rows for tests: what matters is said, the rest is ordinary. */
import type { SummaryAck } from "../wire/types.ts";
import { MonitorStore, type MonitorRow } from "./monitors.ts";

export const COLUMNS = [
  "id", "name", "type", "parent", "active", "forceInactive", "maintenance", "status", "time", "ping", "uptime24",
  "msg", "weight", "tags", "since",
];

export type Given = Partial<MonitorRow> & { id: number };

const ORDINARY: Record<string, unknown> = {
  type: "http",
  parent: null,
  active: true,
  forceInactive: false,
  maintenance: false,
  status: 1,
  time: null,
  ping: null,
  uptime24: null,
  msg: null,
  weight: 2000,
  tags: [],
  since: null,
};

export function summaryOf(given: Given[]): SummaryAck {
  const rows = given.map((row) => {
    const whole: Record<string, unknown> = { ...ORDINARY, name: `m${row.id}`, ...row };
    return COLUMNS.map((column) => whole[column]);
  });
  return { columns: COLUMNS, rows, serverTime: 0 };
}

export function rowsOf(...given: Given[]): Map<number, MonitorRow> {
  const store = new MonitorStore();
  store.load(summaryOf(given));
  return store.rows;
}

/** Groups within groups, and one that is in none. */
export const family = () =>
  rowsOf(
    { id: 1, name: "Zoo", type: "group" },
    { id: 2, name: "web 10", parent: 1 },
    { id: 3, name: "web 9", parent: 1, status: 0 },
    { id: 4, name: "inner", type: "group", parent: 1 },
    { id: 5, name: "deep", parent: 4, tags: [["prod", "eu", "#000"]] },
    { id: 6, name: "alone", type: "ping", ping: 30 },
  );
