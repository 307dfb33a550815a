import { describe, expect, it } from "vitest";
import { chosenFirst, difference } from "./choice.ts";

const items = [
  { id: 1, name: "Shop web" },
  { id: 2, name: "Mail" },
  { id: 3, name: "shop API" },
];
const names = (found: { name: string }[]): string[] => found.map(({ name }) => name);

describe("choosing many of many", () => {
  it("lists the chosen ones first, then by name", () => {
    expect(names(chosenFirst(items, new Set([1]), ""))).toEqual(["Shop web", "Mail", "shop API"]);
  });
  it("finds every word, in any order and case", () => {
    expect(names(chosenFirst(items, new Set(), "WEB shop"))).toEqual(["Shop web"]);
    expect(chosenFirst(items, new Set(), "shop ftp")).toEqual([]);
  });
  it("says what was added and taken away", () => {
    expect(difference(new Set([1, 2]), new Set([2, 3]))).toEqual({ more: [3], fewer: [1] });
  });
});
