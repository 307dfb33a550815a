/** What the list shows: filters (from the address), closed groups (kept), the lines, and the cursor. */
import { computed, shallowRef, watch } from "vue";
import { noFilters, type Filters } from "../../state/monitor-filters.ts";
import { assignRanks, childrenOf, countMatches, flatten, type ListLine } from "../../state/monitor-tree.ts";
import { monitors } from "../../state/monitors.ts";

const CLOSED_KEY = "closedGroups";
const SETTLE_MS = 1000; // a list ordered by live values must not jump faster than one can read

export const filters = shallowRef<Filters>(noFilters());
export const closed = shallowRef<ReadonlySet<number>>(readClosed());
/** The row the keyboard is at; null: none. */
export const cursor = shallowRef<number | null>(null);

const settled = shallowRef(0);
let settling = 0;

function readClosed(): ReadonlySet<number> {
  try {
    return new Set(JSON.parse(localStorage.getItem(CLOSED_KEY) ?? "[]") as number[]);
  } catch {
    return new Set();
  }
}

export function toggleGroup(id: number): void {
  const next = new Set(closed.value);
  if (!next.delete(id)) next.add(id);
  closed.value = next;
  try {
    localStorage.setItem(CLOSED_KEY, JSON.stringify([...next]));
  } catch {
    // Storage is switched off: groups are open again next time.
  }
}

const isLive = () => filters.value.statuses.length > 0 || filters.value.sort !== "name";

watch(monitors.live, () => {
  if (settling || !isLive()) return;
  settling = window.setTimeout(() => {
    settling = 0;
    settled.value += 1;
  }, SETTLE_MS);
});

/** What only a change of structure makes stale; a new object each time, so that what depends on it follows. */
const structure = computed(() => {
  void monitors.structure.value;
  assignRanks(monitors.rows);
  return { children: childrenOf(monitors.rows) };
});

export const lines = computed<ListLine[]>(() => {
  void settled.value;
  return flatten(monitors.rows, filters.value, closed.value, structure.value.children);
});

export const matches = computed<number>(() => {
  void structure.value;
  void settled.value;
  return countMatches(monitors.rows, filters.value);
});

/** Types and tags that occur, for the filters' choices. */
export const occurring = computed(() => {
  void monitors.structure.value;
  const types = new Set<string>();
  const tags = new Map<string, string>();
  for (const row of monitors.rows.values()) {
    types.add(row.type);
    for (const [name, , color] of row.tags) tags.set(name, color);
  }
  return { types: [...types].sort(), tags: [...tags].sort(([a], [b]) => a.localeCompare(b)) };
});
