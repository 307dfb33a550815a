import { beforeEach, describe, expect, it } from "vitest";
import type { ListLine } from "./monitor-tree.ts";
import { between, clearSelection, prune, select, selecting, selection, selectTo, toggle } from "./selection.ts";

const lines: ListLine[] = [0, 1, 2, 0, 3, 4].map((id, key) =>
  ({ key, id, depth: 0, group: id === 0, open: id === 0, children: 0 }));
const chosen = () => [...selection.value];

beforeEach(clearSelection);

describe("a range", () => {
  it("goes either way, and leaves out heads of sections", () => {
    expect(between(lines, 2, 4)).toEqual([2, 3, 4]);
    expect(between(lines, 4, 2)).toEqual([2, 3, 4]);
    expect(between(lines, 3, 3)).toEqual([3]);
  });

  it("is one alone where its begin is not in the list, and nothing where its end is not", () => {
    expect(between(lines, 99, 3)).toEqual([3]);
    expect(between(lines, null, 3)).toEqual([3]);
    expect(between(lines, null, 99)).toEqual([]);
  });
});

describe("the selection", () => {
  it("begins a range at the latest that was chosen, else at the cursor", () => {
    selectTo(lines, 3, 2);
    expect(chosen()).toEqual([2, 3]);
    toggle(1);
    selectTo(lines, 2, null);
    expect(chosen()).toEqual([2, 3, 1]);
    toggle(2);
    expect(chosen()).toEqual([3, 1]);
  });

  it("shows boxes while it lasts, and ends when all of it is gone", () => {
    expect(selecting.value).toBe(false);
    select([1, 2]);
    expect(selecting.value).toBe(true);
    prune((id) => id === 2);
    expect(chosen()).toEqual([2]);
    prune(() => false);
    expect([chosen(), selecting.value]).toEqual([[], false]);
  });
});
