/** What the list shows: filters (from the address), what this browser prefers, the lines, and the cursor. */
import { computed, shallowRef, watch } from "vue";
import { keep, readKept } from "../../state/kept.ts";
import { noFilters, SORTS, type Filters, type Sort } from "../../state/monitor-filters.ts";
import { Finder, type Found } from "../../state/monitor-search.ts";
import { sectioned, SECTIONS, type Sections } from "../../state/monitor-sections.ts";
import { assignRanks, childrenOf, flatten, OpenLines, type ListLine } from "../../state/monitor-tree.ts";
import { monitors, type MonitorRow } from "../../state/monitors.ts";

const CLOSED_KEY = "closedGroups";
const LIST_KEY = "list";
const SOON_MS = 300; // until what has changed alone finds its place
const SETTLE_MS = 3000; // a list ordered by live values must not jump faster than one can read

/** How this browser shows the list; an address may name another order. */
export interface Preferences {
  sort: Sort;
  sections: Sections;
  compact: boolean;
}

function readPreferences(): Preferences {
  const { sort, sections, compact } = readKept<Partial<Preferences>>(LIST_KEY, {});
  return {
    sort: sort && SORTS.includes(sort) ? sort : "status",
    sections: sections && SECTIONS.includes(sections) ? sections : "groups",
    compact: compact === true,
  };
}

export const preferences = shallowRef(readPreferences());

export function prefer(change: Partial<Preferences>): void {
  preferences.value = { ...preferences.value, ...change };
  keep(LIST_KEY, preferences.value);
}

export const filters = shallowRef<Filters>({ ...noFilters(), sort: preferences.value.sort });
export const closed = shallowRef<ReadonlySet<number | string>>(new Set(readKept<(number | string)[]>(CLOSED_KEY, [])));
/** The row the keyboard is at; null: none. */
export const cursor = shallowRef<number | null>(null);

const settled = shallowRef(0);
let settling = 0;
let settledAt = -SETTLE_MS;

function setClosed(next: ReadonlySet<number | string>): void {
  closed.value = next;
  keep(CLOSED_KEY, [...next]);
}

/** @param key of the line: a group's id, or that of a section */
export function toggleGroup(key: number | string): void {
  const next = new Set(closed.value);
  if (!next.delete(key)) next.add(key);
  setClosed(next);
}

function settle(): void {
  if (settling) return;
  const since = performance.now() - settledAt;
  settling = window.setTimeout(() => {
    settling = 0;
    settledAt = performance.now();
    settled.value += 1;
  }, Math.max(SOON_MS, SETTLE_MS - since));
}

const byStatus = () =>
  filters.value.statuses.length > 0 || filters.value.sort === "status" || preferences.value.sections === "status";
const isOrdered = () => filters.value.sort !== "name" || preferences.value.sections === "status";
const byFigures = () => filters.value.sort === "uptime" || filters.value.sort === "response";

watch(monitors.statuses, () => byStatus() && settle());
watch(monitors.live, () => byFigures() && settle());

/** What only a change of structure makes stale; a new object each time, so that what depends on it follows. */
const structure = computed(() => {
  void monitors.structure.value;
  const all = assignRanks(monitors.rows);
  return { all, children: childrenOf(monitors.rows, all), finder: new Finder(monitors.rows, all) };
});

const found = computed<Found | null>(() => {
  void settled.value;
  return structure.value.finder.find(filters.value);
});

const foundRows = computed(() => found.value?.matches.map((rank) => structure.value.all[rank] as MonitorRow));

const sorting = computed(() => filters.value.sort);
/** Moves on when live values have changed an order that is made of them. */
const reordered = computed(() => (isOrdered() ? settled.value : 0));
/** Made when somebody sees or searches groups. */
const opened = computed(() => {
  void reordered.value;
  return new OpenLines(structure.value.children, sorting.value);
});

/** Somebody is about to search: what the first key would have to make is made now. */
export function prepareSearch(): void {
  structure.value.finder.prepare();
  if (preferences.value.sections === "groups") void opened.value;
}

export const lines = computed<readonly ListLine[]>(() => {
  void reordered.value;
  const { all, children } = structure.value;
  const { sections } = preferences.value;
  const sort = sorting.value;
  if (sections === "groups" && found.value) return opened.value.of(found.value);
  if (sections === "groups" && !closed.value.size) return opened.value.lines;
  if (sections === "groups") return flatten(children, null, sort, closed.value);
  return sectioned(foundRows.value ?? all, sections, sort, found.value ? new Set() : closed.value);
});

export const matches = computed<number>(() => found.value?.matches.length ?? structure.value.all.length);

/** Ids of all monitors that the list has, folded ones included, without groups that only lead to them. */
export const listed = (): number[] => (foundRows.value ?? structure.value.all).map(({ id }) => id);

/** Open or close everything there is to fold. */
export function foldAll(open: boolean): void {
  if (open) return setClosed(new Set());
  const { sections } = preferences.value;
  const parents = [...structure.value.children.keys()].filter((id) => id !== null);
  setClosed(new Set(sections === "groups" ? parents : lines.value.filter(({ id }) => id === 0).map(({ key }) => key)));
}

/** Types and tags that occur, for the filters' choices. */
export const occurring = computed(() => {
  void monitors.structure.value;
  const types = new Set<string>();
  const tags = new Map<string, Set<string>>();
  for (const row of monitors.rows.values()) {
    types.add(row.type);
    for (const [name, value] of row.tags) tags.set(name, (tags.get(name) ?? new Set()).add(value));
  }
  return { types: [...types].sort(), tags };
});
