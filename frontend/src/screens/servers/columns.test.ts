import { expect, it } from "vitest";
import { COLUMNS } from "../../state/server-columns.ts";
import { fitting, gridOf } from "./columns.ts";

it("leaves out what does not fit, the least needed first, and keeps the order", () => {
  expect(fitting(COLUMNS, 2000)).toEqual(COLUMNS);
  expect(fitting(["cpu", "ram", "disk", "hour", "net", "seen"], 700)).toEqual(["cpu", "ram", "disk", "net", "seen"]);
  expect(fitting(COLUMNS, 400)).toEqual(["cpu", "ram"]);
  expect(fitting(COLUMNS, 100)).toEqual([]);
});

it("has a place for every column, and one to choose servers with", () => {
  expect(gridOf(["cpu", "seen"], false)).toBe("18px minmax(0, 1fr) 76px 84px");
  expect(gridOf([], true)).toBe("20px 18px minmax(0, 1fr)");
});
