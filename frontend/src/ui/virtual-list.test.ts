import { describe, expect, it } from "vitest";
import { OVERSCAN, rowsInView, scrollFor } from "./virtual-list.ts";

describe("rowsInView", () => {
  it("has the lines in view and some around them", () => {
    expect(rowsInView(5000, 500, 50, 10_000)).toEqual({ first: 100 - OVERSCAN, last: 110 + OVERSCAN });
  });

  it("ends where the list does", () => {
    expect(rowsInView(0, 500, 50, 3)).toEqual({ first: 0, last: 3 });
    expect(rowsInView(0, 500, 50, 0)).toEqual({ first: 0, last: 0 });
  });

  it("is empty, not upside down, when the list became shorter than the scroll", () => {
    const { first, last } = rowsInView(50_000, 500, 50, 10);
    expect(first).toBe(10);
    expect(last).toBe(10);
  });

  it("is the same size wherever one looks", () => {
    const sizes = [1000, 123_456, 250_000].map((top) => {
      const { first, last } = rowsInView(top, 800, 50, 10_000);
      return last - first;
    });
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });
});

describe("scrollFor", () => {
  it("stays when the line is in view", () => {
    expect(scrollFor(5, 100, 500, 50)).toBe(100);
  });
  it("goes up and down just far enough", () => {
    expect(scrollFor(1, 500, 500, 50)).toBe(0);
    expect(scrollFor(20, 0, 500, 50)).toBe(22 * 50 - 500);
    expect(scrollFor(0, 500, 500, 50)).toBe(0);
  });
});
