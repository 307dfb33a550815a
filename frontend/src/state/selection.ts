/** Which monitors are chosen for something to be done with all of them. */
import { shallowRef } from "vue";
import type { ListLine } from "./monitor-tree.ts";

export const selection = shallowRef<ReadonlySet<number>>(new Set());
/** Rows show their boxes, also while none is chosen. */
export const selecting = shallowRef(false);

let anchor: number | null = null; // where a range begins

export function select(ids: Iterable<number>): void {
  selection.value = new Set(ids);
  selecting.value = true;
}

export function toggle(id: number): void {
  const next = new Set(selection.value);
  if (!next.delete(id)) next.add(id);
  anchor = id;
  select(next);
}

export function clearSelection(): void {
  selection.value = new Set();
  selecting.value = false;
  anchor = null;
}

/** Those between two monitors of a list, both included; the second alone where the first is not in it. */
export function between(lines: readonly ListLine[], from: number | null, to: number): number[] {
  const last = lines.findIndex(({ id }) => id === to);
  const first = lines.findIndex(({ id }) => id === from);
  const [low, high] = first < 0 ? [last, last] : [Math.min(first, last), Math.max(first, last)];
  return lines.slice(Math.max(0, low), high + 1).flatMap(({ id }) => (id ? [id] : []));
}

/** Choose what lies between the latest one that was chosen (or the cursor) and this. */
export function selectTo(lines: readonly ListLine[], id: number, cursor: number | null): void {
  anchor ??= cursor;
  select([...selection.value, ...between(lines, anchor, id)]);
}

/** What is gone is not chosen any more. */
export function prune(exists: (id: number) => boolean): void {
  const left = [...selection.value].filter(exists);
  if (left.length === selection.value.size) return;
  if (left.length) select(left);
  else clearSelection();
}
