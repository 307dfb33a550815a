import { describe, expect, it } from "vitest";
import { headAbove, sectioned } from "./monitor-sections.ts";
import { assignRanks, childrenOf, flatten, type ListLine } from "./monitor-tree.ts";
import { rowsOf } from "./test-rows.ts";

const rows = () =>
  assignRanks(
    rowsOf(
      { id: 1, name: "a", tags: [["env", "prod", "#000"], ["team", "", "#000"]] },
      { id: 2, name: "b", status: 0, tags: [["env", "prod", "#000"]] },
      { id: 3, name: "c", active: false },
      { id: 4, name: "d", status: null },
    ),
  );
const keys = (lines: readonly ListLine[]) => lines.map(({ key }) => key);

describe("sections", () => {
  it("by tag show a monitor below each of its tags, and what has none last", () => {
    expect(keys(sectioned(rows(), "tags", "name", new Set()))).toEqual([
      "tag:env: prod", "tag:env: prod/1", "tag:env: prod/2", "tag:team", "tag:team/1", "tag:", "tag:/4", "tag:/3",
    ]);
  });

  it("by status begin with trouble and end with what is paused or unknown", () => {
    expect(keys(sectioned(rows(), "status", "name", new Set(["status:up"])))).toEqual([
      "status:down", "status:down/2", "status:up", "status:paused", "status:paused/3", "status:unknown", "status:unknown/4",
    ]);
  });

  it("can be without, in the order that was chosen", () => {
    expect(keys(sectioned(rows(), "none", "status", new Set()))).toEqual([2, 4, 1, 3]);
  });

  it("say what they have, open or closed", () => {
    const [head] = sectioned(rows(), "tags", "name", new Set(["tag:env: prod"]));
    expect(head).toMatchObject({ id: 0, label: "env: prod", open: false, children: 2 });
  });
});

describe("the head above a line", () => {
  it("is that of its section", () => {
    const lines = sectioned(rows(), "status", "name", new Set());
    expect([0, 1, 2, 3, 99].map((index) => headAbove(lines, index))).toEqual([0, 0, 2, 2, 6]);
    expect(headAbove([], 0)).toBe(-1);
  });

  it("is the open group at the top of a tree, and none beside groups", () => {
    const tree = rowsOf({ id: 1, name: "a", type: "group" }, { id: 2, name: "b", parent: 1 }, { id: 3, name: "c" });
    const lines = flatten(childrenOf(tree, assignRanks(tree)), null, "name", new Set());
    expect(keys(lines)).toEqual([1, 2, 3]);
    expect([0, 1, 2].map((index) => headAbove(lines, index))).toEqual([0, 0, -1]);
  });
});
