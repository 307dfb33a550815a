import { describe, expect, it } from "vitest";
import { ratesBetween } from "./rates.ts";

describe("rates of the process", () => {
  it("are differences over time", () => {
    const before = { uptime: 100, cpu: 2, beats: 1000 };
    expect(ratesBetween(before, { uptime: 105, cpu: 2.5, beats: 1010 })).toEqual({ cpu: 0.1, beats: 2 });
  });

  it("need two readings of one process", () => {
    const now = { uptime: 3, cpu: 1, beats: 10 };
    expect(ratesBetween(null, now)).toBeNull();
    expect(ratesBetween(now, now)).toBeNull();
    expect(ratesBetween({ uptime: 100, cpu: 2, beats: 10 }, now)).toBeNull();
  });
});
