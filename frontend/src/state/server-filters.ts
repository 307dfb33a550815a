/** Which servers the list shows, and in which order. Pure. */
import type { LocationQuery, LocationQueryRaw } from "vue-router";
import type { ServerRow } from "../wire/server-types.ts";
import type { Status } from "../words/status.ts";
import { statusOf } from "./servers.ts";

export const ORDERS = [
  "name", "trouble", "cpu", "ram", "disk", "net", "load", "temperature", "uptime", "agent", "seen",
] as const;
export type Order = (typeof ORDERS)[number];

/** What a server can show, the worst first. */
export const STATES = ["down", "pending", "up", "maintenance"] as const satisfies readonly Status[];
export type State = (typeof STATES)[number];

export interface View {
  text: string;
  states: readonly State[]; // none: all
  order: Order;
  reversed?: boolean; // the other way round
  grouped?: boolean; // by tags
}

/** The names of a server's tags. */
export type TagNames = (row: ServerRow) => readonly string[];

const noTags: TagNames = () => [];

type Rows = ReadonlyMap<string, ServerRow>;

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const weight = (row: ServerRow): number => (row.maintenance ? 0 : row.status === "offline" ? 2 : row.alerts.length ? 1 : 0);

/** Figures of a silent server are of the past: it comes after all that are heard. */
const current = (row: ServerRow, value: number | null): number => (row.status === "offline" ? -2 : (value ?? -1));

const RANK: Record<Exclude<Order, "name" | "agent">, (row: ServerRow) => number> = {
  trouble: weight,
  cpu: (row) => current(row, row.cpu),
  ram: (row) => current(row, row.ram),
  disk: (row) => current(row, row.disk),
  net: (row) => current(row, row.netIn === null && row.netOut === null ? null : (row.netIn ?? 0) + (row.netOut ?? 0)),
  load: (row) => current(row, row.load),
  temperature: (row) => current(row, row.temperature === null ? null : row.temperature + 300), // above nothing known
  uptime: (row) => current(row, row.uptime),
  seen: (row) => -row.lastSeen,
};

/** All servers by name: the slow part of every order, stale only when a name changes. */
export function byName(rows: Rows): string[] {
  const all = [...rows.values()];
  all.sort((a, b) => collator.compare(a.name, b.name) || (a.uuid < b.uuid ? -1 : 1));
  return all.map(({ uuid }) => uuid);
}

function matcher({ text, states }: View, tagsOf: TagNames): (row: ServerRow) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = new Set<Status>(states);
  return (row) => {
    if (wanted.size && !wanted.has(statusOf(row))) return false;
    const all = words.length ? [row.name, row.operatingSystem ?? "", ...tagsOf(row)].join(" ").toLowerCase() : "";
    return words.every((word) => all.includes(word));
  };
}

/** The servers of a view; `named` are all of them by name, which decides between equals. */
export function arranged(rows: Rows, named: readonly string[], view: View, tagsOf = noTags): string[] {
  const matches = matcher(view, tagsOf);
  const found = named.flatMap((uuid) => rows.get(uuid) ?? []).filter(matches);
  if (view.order === "agent") found.sort((a, b) => collator.compare(a.agentVersion, b.agentVersion));
  else if (view.order !== "name") {
    const rank = RANK[view.order];
    found.sort((a, b) => rank(b) - rank(a));
  }
  if (view.reversed) found.reverse();
  return found.map(({ uuid }) => uuid);
}

/** Whether figures decide what is shown, and not names alone. */
export const isLive = ({ states, order }: View): boolean =>
  states.length > 0 || (order !== "name" && order !== "agent");

export interface Group {
  tag: string | null; // null: those without any
  uuids: string[];
}

/** Servers under each of their tags, tags by name; what carries none comes last. */
export function byTag(rows: Rows, uuids: readonly string[], tagsOf: TagNames): Group[] {
  const groups = new Map<string | null, string[]>();
  for (const uuid of uuids) {
    const row = rows.get(uuid);
    const names = row ? [...new Set(tagsOf(row))] : [];
    for (const name of names.length ? names : [null]) {
      const group = groups.get(name);
      if (group) group.push(uuid);
      else groups.set(name, [uuid]);
    }
  }
  return [...groups]
    .map(([tag, members]) => ({ tag, uuids: members }))
    .sort((a, b) => Number(a.tag === null) - Number(b.tag === null) || collator.compare(a.tag ?? "", b.tag ?? ""));
}

// Names of their own: those of the list of monitors travel from screen to screen.
const KEYS = { text: "find", states: "state", order: "order", reversed: "turned", grouped: "group" } as const;

export function viewFromQuery(query: LocationQuery): View {
  const text = (key: string): string => String(query[key] ?? "");
  const states = text(KEYS.states).split(",");
  const order = text(KEYS.order) as Order;
  return {
    text: text(KEYS.text),
    states: STATES.filter((state) => states.includes(state)),
    order: ORDERS.includes(order) ? order : "name",
    ...(text(KEYS.reversed) ? { reversed: true } : {}),
    ...(text(KEYS.grouped) ? { grouped: true } : {}),
  };
}

/** `query` with this view in it; what is at its default has no key. */
export function queryOfView(view: View, query: LocationQuery = {}): LocationQueryRaw {
  return {
    ...query,
    [KEYS.text]: view.text.trim() || undefined,
    [KEYS.states]: view.states.join(",") || undefined,
    [KEYS.order]: view.order === "name" ? undefined : view.order,
    [KEYS.reversed]: view.reversed ? "1" : undefined,
    [KEYS.grouped]: view.grouped ? "tag" : undefined,
  };
}
