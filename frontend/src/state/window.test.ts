import { describe, expect, it } from "vitest";
import { OVERSCAN, scrollFor, windowOf } from "./window.ts";

describe("windowOf", () => {
  it("has the lines in view and some around them", () => {
    expect(windowOf(5000, 500, 50, 10_000)).toEqual({ first: 100 - OVERSCAN, last: 110 + OVERSCAN });
  });

  it("ends where the list does", () => {
    expect(windowOf(0, 500, 50, 3)).toEqual({ first: 0, last: 3 });
    expect(windowOf(0, 500, 50, 0)).toEqual({ first: 0, last: 0 });
  });

  it("is empty, not upside down, when the list became shorter than the scroll", () => {
    const { first, last } = windowOf(50_000, 500, 50, 10);
    expect(first).toBe(10);
    expect(last).toBe(10);
  });

  it("is the same size wherever one looks", () => {
    const sizes = [1000, 123_456, 250_000].map((top) => {
      const { first, last } = windowOf(top, 800, 50, 10_000);
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
