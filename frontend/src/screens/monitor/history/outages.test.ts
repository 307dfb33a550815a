import { describe, expect, it } from "vitest";
import type { OutageRow } from "../../../wire/history-types.ts";
import { lastMonth, lengthOf, widthOf } from "./outages.ts";

const DAY = 86_400_000;
const NOW = 100 * DAY;
const row = (began: number, ended: number | null): OutageRow => [began, ended, ""];

describe("outages", () => {
  it("last until they end, or until now", () => {
    expect(lengthOf(row(NOW - 50, null), NOW)).toBe(50);
    expect(lengthOf(row(10, 30), NOW)).toBe(20);
    expect(lengthOf(row(NOW + 5, null), NOW)).toBe(0); // the clock here is behind
  });

  it("count for thirty days, with what of them lies therein", () => {
    const rows = [row(NOW - 1000, null), row(NOW - 31 * DAY, NOW - 29 * DAY), row(NOW - 50 * DAY, NOW - 40 * DAY)];
    expect(lastMonth(rows, 3, NOW)).toEqual({ count: 2, downMs: 1000 + DAY, more: false });
    expect(lastMonth(rows.slice(0, 2), 9, NOW).more).toBe(true);
    expect(lastMonth([], 0, NOW)).toEqual({ count: 0, downMs: 0, more: false });
  });

  it("are drawn in proportion, and never vanish", () => {
    expect([widthOf(50, 100), widthOf(100, 100), widthOf(1, 100_000), widthOf(0, 0)]).toEqual([50, 100, 2, 0]);
  });
});
