/** Filters with an order under a name, kept by the browser. */
import { shallowRef } from "vue";
import { keep, readKept } from "./kept.ts";
import type { Filters } from "./monitor-filters.ts";
import type { Sections } from "./monitor-sections.ts";

const KEY = "views";

export interface View {
  name: string;
  filters: Filters;
  sections: Sections;
}

const isView = (view: Partial<View> | null): view is View =>
  typeof view?.name === "string" && typeof view.filters === "object" && typeof view.sections === "string";

const read = (): View[] => {
  const found = readKept<unknown>(KEY, []);
  return Array.isArray(found) ? (found as Partial<View>[]).filter(isView) : [];
};

export const views = shallowRef<readonly View[]>(read());

function set(next: readonly View[]): void {
  views.value = [...next].sort((a, b) => a.name.localeCompare(b.name));
  keep(KEY, views.value);
}

/** One of the same name is replaced. */
export function saveView(view: View): void {
  set([...views.value.filter(({ name }) => name !== view.name), view]);
}

export function forgetView(name: string): void {
  set(views.value.filter((view) => view.name !== name));
}
