import { describe, expect, it } from "vitest";
import { around, cut, keyed, nearest, rangeFor, viewFor } from "./view.ts";

const DAY = 86_400;

describe("what is looked at", () => {
  it("is read as finely as it is kept", () => {
    const now = 1000 * DAY;
    expect(rangeFor(now - 60, now)).toBe("3");
    expect(rangeFor(now - DAY, now)).toBe("24");
    expect(rangeFor(now - DAY - 1, now)).toBe("168");
    expect(rangeFor(now - 80 * DAY, now)).toBe("8760");
    expect(rangeFor(0, now)).toBe("8760");
  });

  it("has points enough for a line", () => {
    expect(viewFor(1000, 4600, "24")).toEqual({ from: 1000, to: 4600 });
    expect(viewFor(100 * DAY, 101 * DAY, "8760")).toEqual({ from: 97.5 * DAY, to: 103.5 * DAY });
    expect(around(10_000, 10_010)).toEqual({ from: 9700, to: 10_310 });
  });

  it("is cut out, with what is shaded in it", () => {
    const data = {
      times: [1, 2, 3], average: [10, null, 30], low: [1, null, 3], high: [11, null, 33],
      spans: [{ from: 0, to: 1, tone: "down" as const }, { from: 2, to: 3, tone: "pending" as const }],
    };
    expect(cut(data, { from: 2, to: 3 })).toEqual({
      times: [2, 3], average: [null, 30], low: [null, 3], high: [null, 33], spans: [{ from: 2, to: 3, tone: "pending" }],
    });
    expect(cut(data, null)).toBe(data);
  });

  it.each([
    ["+", null, { from: 2500, to: 7500 }],
    ["+", { from: 10, to: 100 }, { from: 10, to: 100 }], // near enough
    ["-", null, null],
    ["-", { from: 4000, to: 6000 }, { from: 3000, to: 7000 }],
    ["-", { from: 0, to: 6000 }, null],
    ["ArrowLeft", { from: 4000, to: 6000 }, { from: 3500, to: 5500 }],
    ["ArrowLeft", { from: 100, to: 2100 }, { from: 0, to: 2000 }],
    ["ArrowRight", { from: 7900, to: 9900 }, { from: 8000, to: 10_000 }],
    ["ArrowRight", null, null],
    ["Escape", { from: 0, to: 1 }, null],
    ["Escape", null, undefined],
    ["a", null, undefined],
  ])("after %s from %j is %j", (key, view, expected) =>
    expect(keyed(key, view, { from: 0, to: 10_000 })).toEqual(expected));

  it("finds the nearest point", () => {
    expect([nearest([10, 20, 30], 24), nearest([], 5), nearest([10], 100, 20)]).toEqual([1, -1, -1]);
  });
});
