/** What of the list is looked at: lives in the address, so that a view can be shared and comes back. */
import type { LocationQuery, LocationQueryRaw } from "vue-router";
import type { Status } from "../words/status.ts";
import { statusOf, type MonitorRow } from "./monitors.ts";

export const SORTS = ["status", "name", "uptime", "response"] as const;
export type Sort = (typeof SORTS)[number];

export interface Filters {
  text: string;
  statuses: Status[];
  types: string[];
  tags: string[]; // names, or a name with a value as `tagLabel` writes them
  sort: Sort;
}

export const FILTER_STATUSES: readonly Status[] = ["down", "pending", "up", "maintenance", "unchecked", "paused"];
export const QUERY_KEYS = ["q", "status", "type", "tag", "sort"] as const;

export const noFilters = (): Filters => ({ text: "", statuses: [], types: [], tags: [], sort: "name" });

const one = (value: LocationQuery[string] | undefined): string =>
  (Array.isArray(value) ? value[0] : value) ?? "";
const many = (value: LocationQuery[string] | undefined): string[] => one(value).split(",").filter(Boolean);

/** @param preferred the order this browser prefers, when the address names none */
export function filtersFromQuery(query: LocationQuery, preferred: Sort = "name"): Filters {
  const sort = one(query.sort) as Sort;
  return {
    text: one(query.q),
    statuses: many(query.status).filter((name): name is Status => FILTER_STATUSES.includes(name as Status)),
    types: many(query.type),
    tags: many(query.tag).map(decodeURIComponent),
    sort: SORTS.includes(sort) ? sort : preferred,
  };
}

/** The query keys of these filters; what is as this browser prefers it has none. */
export function queryFromFilters(filters: Filters, preferred: Sort = "name"): LocationQueryRaw {
  const query: LocationQueryRaw = {};
  if (filters.text) query.q = filters.text;
  if (filters.statuses.length) query.status = filters.statuses.join(",");
  if (filters.types.length) query.type = filters.types.join(",");
  // A tag's name may hold a comma; the list is separated by them.
  if (filters.tags.length) query.tag = filters.tags.map(encodeURIComponent).join(",");
  if (filters.sort !== preferred) query.sort = filters.sort;
  return query;
}

export const isFiltering = (filters: Filters): boolean =>
  Boolean(filters.text.trim() || filters.statuses.length || filters.types.length || filters.tags.length);

/** A tag with its value as people see it, and as it is filtered by. */
export const tagLabel = (name: string, value: string): string => (value ? `${name}: ${value}` : name);

/** What is chosen, by the tag it is a value of: several values of one tag widen, several tags narrow. */
function tagTests(chosen: readonly string[]): ReadonlySet<string>[] {
  const byName = new Map<string, Set<string>>();
  for (const label of chosen) {
    const [name] = label.split(": ", 1) as [string];
    byName.set(name, (byName.get(name) ?? new Set()).add(label));
  }
  return [...byName.values()];
}

/** What is typed, word by word. */
export const wordsOf = ({ text }: Filters): string[] => text.toLowerCase().split(/\s+/).filter(Boolean);

/** A test for rows by all but what is typed. */
export function matcher(filters: Filters): (row: MonitorRow) => boolean {
  const statuses = new Set(filters.statuses);
  const types = new Set(filters.types);
  const tags = tagTests(filters.tags);
  return (row) => {
    if (statuses.size && !statuses.has(statusOf(row))) return false;
    if (types.size && !types.has(row.type)) return false;
    for (const wanted of tags) {
      if (!row.tags.some(([name, value]) => wanted.has(name) || wanted.has(tagLabel(name, value)))) return false;
    }
    return true;
  };
}
