/** What of the list is looked at: lives in the address, so that a view can be shared and comes back. */
import type { LocationQuery, LocationQueryRaw } from "vue-router";
import type { Status } from "../words/status.ts";
import { statusOf, type MonitorRow } from "./monitors.ts";

export const SORTS = ["name", "status", "uptime", "response"] as const;
export type Sort = (typeof SORTS)[number];

export interface Filters {
  text: string;
  statuses: Status[];
  types: string[];
  tags: string[];
  sort: Sort;
}

export const FILTER_STATUSES: readonly Status[] = ["down", "pending", "up", "maintenance", "unchecked", "paused"];
export const QUERY_KEYS = ["q", "status", "type", "tag", "sort"] as const;

export const noFilters = (): Filters => ({ text: "", statuses: [], types: [], tags: [], sort: "name" });

const one = (value: LocationQuery[string] | undefined): string =>
  (Array.isArray(value) ? value[0] : value) ?? "";
const many = (value: LocationQuery[string] | undefined): string[] => one(value).split(",").filter(Boolean);

export function filtersFromQuery(query: LocationQuery): Filters {
  const sort = one(query.sort) as Sort;
  return {
    text: one(query.q),
    statuses: many(query.status).filter((name): name is Status => FILTER_STATUSES.includes(name as Status)),
    types: many(query.type),
    tags: many(query.tag).map(decodeURIComponent),
    sort: SORTS.includes(sort) ? sort : "name",
  };
}

/** The query keys of these filters; what is at its default has none. */
export function queryFromFilters(filters: Filters): LocationQueryRaw {
  const query: LocationQueryRaw = {};
  if (filters.text) query.q = filters.text;
  if (filters.statuses.length) query.status = filters.statuses.join(",");
  if (filters.types.length) query.type = filters.types.join(",");
  // A tag's name may hold a comma; the list is separated by them.
  if (filters.tags.length) query.tag = filters.tags.map(encodeURIComponent).join(",");
  if (filters.sort !== "name") query.sort = filters.sort;
  return query;
}

export const isFiltering = (filters: Filters): boolean =>
  Boolean(filters.text.trim() || filters.statuses.length || filters.types.length || filters.tags.length);

/** A test for rows; every word of the text must be found in name or tags. */
export function matcher(filters: Filters): (row: MonitorRow) => boolean {
  const words = filters.text.toLowerCase().split(/\s+/).filter(Boolean);
  const statuses = new Set(filters.statuses);
  const types = new Set(filters.types);
  const tags = new Set(filters.tags);
  return (row) => {
    if (statuses.size && !statuses.has(statusOf(row))) return false;
    if (types.size && !types.has(row.type)) return false;
    if (tags.size && !row.tags.some(([name]) => tags.has(name))) return false;
    return words.every((word) => row.text.includes(word));
  };
}
