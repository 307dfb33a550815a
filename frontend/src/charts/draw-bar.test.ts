import { describe, expect, it } from "vitest";
import { beatAt, fitting } from "./draw-bar.ts";

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
});
