import { afterEach, expect, it } from "vitest";
import { noFilters } from "../../state/monitor-filters.ts";
import { monitors } from "../../state/monitors.ts";
import { summaryOf } from "../../state/test-rows.ts";
import { filters, lines } from "./shown-monitors.ts";

const names = (): string[] => lines.value.map(({ id }) => monitors.rows.get(id)?.name ?? "");

afterEach(() => {
  monitors.clear();
  filters.value = noFilters();
});

it("shows what a search has found when its place among all has changed", () => {
  const rows = [{ id: 1, name: "a" }, { id: 2, name: "b" }, { id: 3, name: "c" }];
  monitors.load(summaryOf(rows));
  filters.value = { ...noFilters(), text: "a" };
  expect(names()).toEqual(["a"]);
  monitors.load(summaryOf(rows.map((row) => ({ ...row, active: row.id !== 1 })))); // what is paused comes last
  expect(names()).toEqual(["a"]);
});
