import { describe, expect, it } from "vitest";
import { timeLabels } from "./axes.ts";

const HOUR = 3600;
const at = (hour: number, minute = 0, second = 0) => new Date(2026, 10, 22, hour, minute, second).getTime() / 1000;
const today = new Date(2026, 10, 22, 12);
const later = new Date(2026, 10, 26, 12);

describe("labels of times", () => {
  it("are times of 24 hours, with the day at midnight", () => {
    expect(timeLabels(6 * HOUR, [at(18), at(24), at(30)], later)).toEqual(["18:00", "Nov 23", "06:00"]);
    expect(timeLabels(900, [at(0), at(0, 15)], today)).toEqual(["Nov 22", "00:15"]);
  });

  it("say the day at the first when it is not today and nothing else says it", () => {
    expect(timeLabels(HOUR, [at(9), at(10)], later)).toEqual(["Nov 22, 09:00", "10:00"]);
    expect(timeLabels(HOUR, [at(9), at(10)], today)).toEqual(["09:00", "10:00"]);
  });

  it("have seconds only where they differ", () => {
    expect(timeLabels(30, [at(9), at(9, 0, 30)], later)).toEqual(["09:00:00", "09:00:30"]);
  });

  it("are days from one day on, and none for none", () => {
    expect(timeLabels(24 * HOUR, [at(0), at(24)], later)).toEqual(["Nov 22", "Nov 23"]);
    expect(timeLabels(HOUR, [], later)).toEqual([]);
  });
});
