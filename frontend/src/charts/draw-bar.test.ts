import { describe, expect, it } from "vitest";
import { beatAt, fitting, pillPaths } from "./draw-bar.ts";

describe("the beat bar", () => {
  const shape = { pill: 4, gap: 2 };

  it("fits as many pills as there is room for", () => {
    expect(fitting(100, shape)).toBe(17);
    expect(fitting(1, shape)).toBe(1);
  });

  it("finds the beat under a point, the newest at the right edge", () => {
    expect(beatAt(99, 100, 3, shape)).toBe(2);
    expect(beatAt(93, 100, 3, shape)).toBe(1);
    expect(beatAt(5, 100, 3, shape)).toBe(-1);
  });

  it("draws a path of each kind, the newest at the right, and what is missing as a dot", () => {
    expect(pillPaths([1, 0], 3, 20, shape)).toEqual([
      ["nothing", "M2 10.2v0"],
      ["up", "M8 3v14"],
      ["down", "M14 3v3.5M14 13.5v3.5"],
    ]);
    expect(pillPaths([2, 3, 1, 1], 2, 20, shape)).toEqual([["up", "M2 3v14M8 3v14"]]);
  });
});
