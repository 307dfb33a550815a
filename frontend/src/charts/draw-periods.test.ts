import { describe, expect, it } from "vitest";
import type { PeriodRow } from "../wire/history-types.ts";
import { gridOf, lookOf, periodAt } from "./draw-periods.ts";

const row = (uptime: number | null, outages = 0, maintenance: 0 | 1 = 0): PeriodRow =>
  [0, uptime, outages, 0, null, null, null, maintenance];

describe("the look of an hour or a day", () => {
  it.each([
    [row(1), { tone: "up", lost: 0 }],
    [row(null), { tone: "nothing", lost: 0 }],
    [row(null, 0, 1), { tone: "maintenance", lost: 0 }],
    [row(1, 0, 1), { tone: "up", lost: 0 }],
    [row(0.999, 1), { tone: "pending", lost: 0.14 }],
    [row(1, 1), { tone: "pending", lost: 0.14 }], // it lasted from the day before into the first second
    [row(0.5, 3), { tone: "down", lost: 0.5 }],
    [row(0, 1), { tone: "down", lost: 1 }],
    [row(null, 1), { tone: "down", lost: 1 }], // the server stood still while it was down
  ])("of %j is %j", (period, look) => expect(lookOf(period)).toEqual(look));
});

describe("the places of bars", () => {
  it("are one row where there is room, and several where there is not", () => {
    expect(gridOf(24, 900, 60)).toMatchObject({ rows: 1, columns: 24, height: 60 });
    expect(gridOf(365, 320, 60)).toMatchObject({ rows: 3, columns: 122 });
  });

  it("are found again from a point", () => {
    expect(periodAt(5, 5, 24, 240, 60)).toBe(0);
    expect(periodAt(239, 59, 24, 240, 60)).toBe(23);
    expect(periodAt(240, 5, 24, 240, 60)).toBe(-1);
    // The newest stands at the end of the last row, and what is missing is missing at the beginning.
    expect(periodAt(319, 59, 365, 320, 60)).toBe(364);
    expect(periodAt(0, 0, 365, 320, 60)).toBe(-1);
    expect(periodAt(319, 0, 365, 320, 60)).toBe(120);
  });
});
