import { describe, expect, it } from "vitest";
import { HEIGHTS, lineAt, lineOf, linesOf, perLine, topsOf } from "./lines.ts";

const groups = [
  { tag: "shop", uuids: ["a", "b", "c"] },
  { tag: null, uuids: ["a"] },
];

describe("the lines of the list", () => {
  it("hold as many cards as fit, and a row each in a table", () => {
    expect(perLine("table", 2000)).toBe(1);
    expect([200, 611, 612].map((width) => perLine("cards", width))).toEqual([1, 1, 2]);
  });

  it("have a heading for each group, and know the places of their servers", () => {
    const lines = linesOf(groups, true, 2);
    expect(lines.map(({ kind, first, uuids }) => [kind, first, uuids?.length])).toEqual([
      ["group", 0, undefined], ["servers", 0, 2], ["servers", 2, 1], ["group", 3, undefined], ["servers", 3, 1],
    ]);
    expect([0, 1, 2, 3, 4].map((place) => lineOf(lines, place))).toEqual([1, 1, 2, 4, -1]);
    expect(linesOf([{ tag: null, uuids: ["a"] }], false, 1)).toEqual([{ kind: "servers", uuids: ["a"], first: 0 }]);
  });

  it("stand one below the other", () => {
    const tops = topsOf(linesOf(groups, true, 2), "cards");
    expect(tops).toEqual([0, 44, 256, 468, 512, 724]);
    expect([-5, 0, 43, 44, 371, 9999].map((y) => lineAt(tops, y))).toEqual([0, 0, 0, 1, 2, 5]);
    expect(topsOf(linesOf(groups, false, 1), "table").at(-1)).toBe(4 * HEIGHTS.table);
  });
});
