/**
 * A tree of comparisons as Uptime Kuma stores it, and what an editor does with it. Pure: every change gives a new
 * tree, in which all that was not touched is the same object, items of unknown types and unknown keys included.
 */
import type { Operator, Variable } from "../../wire/types.ts";

export type Joint = "and" | "or";
/** Whatever stands in the stored list; only what says so is an expression or a group. */
export type Item = unknown;

export interface Expression extends Record<string, unknown> {
  type: "expression";
}

export interface Group extends Record<string, unknown> {
  type: "group";
}

/** Places from the outermost list inwards: [2, 0] is the first child of the third item. */
export type Path = readonly number[];

const typeOf = (item: Item): unknown =>
  item !== null && typeof item === "object" && !Array.isArray(item) ? (item as Record<string, unknown>).type : undefined;

export const isExpression = (item: Item): item is Expression => typeOf(item) === "expression";
export const isGroup = (item: Item): item is Group => typeOf(item) === "group";

/** The items of a stored value: a list, or a list as JSON text; anything else has none. */
export function itemsOf(value: unknown): readonly Item[] {
  if (Array.isArray(value)) return value as Item[];
  if (typeof value !== "string") return [];
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? (parsed as Item[]) : [];
  } catch {
    return [];
  }
}

export const childrenOf = (group: Group): readonly Item[] => itemsOf(group.children);

/** What joins an item to those before it; anything but "or" counts as "and". */
export const jointOf = (item: Item): Joint =>
  (isExpression(item) || isGroup(item)) && item.andOr === "or" ? "or" : "and";

export function newExpression(variables: readonly Variable[]): Expression {
  const first = variables[0];
  return {
    type: "expression", variable: first?.id ?? "", operator: first?.operators[0]?.id ?? "", value: "", andOr: "and",
  };
}

export const newGroup = (variables: readonly Variable[]): Group => ({
  type: "group", children: [newExpression(variables)], andOr: "and",
});

/** The list at a path: the outermost for []. */
export function listAt(items: readonly Item[], path: Path): readonly Item[] {
  const [place, ...rest] = path;
  if (place === undefined) return items;
  const item = items[place];
  return isGroup(item) ? listAt(childrenOf(item), rest) : [];
}

/** The tree with another list at a path. */
function withList(items: readonly Item[], path: Path, change: (list: readonly Item[]) => readonly Item[]): Item[] {
  const [place, ...rest] = path;
  if (place === undefined) return [...change(items)];
  return items.map((item, at) =>
    at === place && isGroup(item) ? { ...item, children: withList(childrenOf(item), rest, change) } : item,
  );
}

const parentOf = (path: Path): Path => path.slice(0, -1);
const placeOf = (path: Path): number => path.at(-1) ?? 0;

/** An item at the end of the list at a path. */
export const added = (items: readonly Item[], list: Path, item: Item): Item[] =>
  withList(items, list, (old) => [...old, item]);

export const removed = (items: readonly Item[], path: Path): Item[] =>
  withList(items, parentOf(path), (old) => old.filter((_, at) => at !== placeOf(path)));

/** Other values of some keys of one item. */
export const changed = (items: readonly Item[], path: Path, keys: Record<string, unknown>): Item[] =>
  withList(items, parentOf(path), (old) =>
    old.map((item, at) => (at === placeOf(path) ? { ...(item as Record<string, unknown>), ...keys } : item)),
  );

/** An item one place up (-1) or down (1) among its neighbours. */
export function moved(items: readonly Item[], path: Path, by: -1 | 1): Item[] {
  const from = placeOf(path);
  return withList(items, parentOf(path), (old) => {
    const list = [...old];
    const to = from + by;
    if (to < 0 || to >= list.length) return list;
    [list[from], list[to]] = [list[to], list[from]];
    return list;
  });
}

/** An item in a group of its own, which takes over how it is joined. */
export const nested = (items: readonly Item[], path: Path): Item[] =>
  withList(items, parentOf(path), (old) =>
    old.map((item, at) => (at === placeOf(path) ? { type: "group", children: [item], andOr: jointOf(item) } : item)),
  );

/** An item behind the group it stands in, which goes when nothing is left in it. */
export function lifted(items: readonly Item[], path: Path): Item[] {
  if (path.length < 2) return [...items];
  const group = parentOf(path);
  const item = listAt(items, group)[placeOf(path)];
  const rest = removed(items, path);
  const isEmpty = listAt(rest, group).length === 0;
  return withList(rest, parentOf(group), (old) => {
    const at = placeOf(group);
    return [...old.slice(0, isEmpty ? at : at + 1), item, ...old.slice(at + 1)];
  });
}

/** The operators of a variable, with one that nobody declares when it is stored. */
export function operatorsOf(variables: readonly Variable[], variable: unknown, stored: unknown): Operator[] {
  const known = variables.find(({ id }) => id === variable)?.operators ?? [];
  const id = String(stored ?? "");
  return known.some((operator) => operator.id === id) ? known : [...known, { id, caption: id }];
}

/** The ids of variables, with one that nobody declares when it is stored. */
export function variablesOf(variables: readonly Variable[], stored: unknown): string[] {
  const ids = variables.map(({ id }) => id);
  const id = String(stored ?? "");
  return ids.includes(id) ? ids : [...ids, id];
}

/** Another variable keeps the operator where it has that, too. */
export function withVariable(variables: readonly Variable[], item: Expression, variable: string): Record<string, unknown> {
  const operators = variables.find(({ id }) => id === variable)?.operators ?? [];
  const keeps = operators.some(({ id }) => id === item.operator);
  return { variable, operator: keeps ? item.operator : (operators[0]?.id ?? item.operator) };
}
