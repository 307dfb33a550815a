import { describe, expect, it } from "vitest";
import type { Plan } from "../../wire/maintenance-types.ts";
import { coverage, stateOf, timingOf, windowText } from "./plan-words.ts";

const at = (text: string): number => Date.parse(`${text}Z`);
const NOW = at("2026-11-28T12:00");
const plain = (text: string): string => text.replaceAll(/[\u2009\u202f]/g, " ");

const plan = (change: Partial<Plan>): Plan => ({
  id: 1,
  title: "T",
  strategy: "manual",
  status: "scheduled",
  active: true,
  timezone: "Europe/Berlin",
  timezoneOption: "Europe/Berlin",
  dateRange: [null, null],
  timeRange: [{ hours: 2, minutes: 0, seconds: 0 }, { hours: 3, minutes: 30, seconds: 5 }],
  intervalDay: 1,
  weekdays: [],
  daysOfMonth: [],
  cron: "0 3 * * *",
  durationMinutes: 90,
  window: null,
  monitors: 0,
  pages: 0,
  ...change,
});

describe("when a plan is", () => {
  it.each<[Partial<Plan>, string]>([
    [{ strategy: "manual" }, "By hand"],
    [{ strategy: "single" }, "Once"],
    [{ strategy: "cron" }, "By the pattern 0 3 * * *, for 1 h 30 min"],
    [{ strategy: "recurring-interval" }, "Every day, 02:00 to 03:30:05"],
    [{ strategy: "recurring-interval", intervalDay: 3 }, "Every 3 days, 02:00 to 03:30:05"],
    [{ strategy: "recurring-weekday", weekdays: [7, 1, 3] }, "Every Mon, Wed, and Sun, 02:00 to 03:30:05"],
    [{ strategy: "recurring-weekday", weekdays: [0, 1, 2, 3, 4, 5, 6] }, "Every day, 02:00 to 03:30:05"],
    [
      { strategy: "recurring-day-of-month", daysOfMonth: ["lastDay1", 15, 1] },
      "Monthly on 1, 15, and last day, 02:00 to 03:30:05",
    ],
  ])("%o", (change, expected) => expect(timingOf(plan(change))).toBe(expected));
});

describe("how a plan is", () => {
  const window: [number, number] = [at("2026-11-28T11:00"), at("2026-11-28T13:00")];

  it.each<[Partial<Plan>, string]>([
    [{ status: "under-maintenance", window }, "Until Sat, Nov 28, 14:00"],
    [{ status: "under-maintenance", window: [window[0], null] }, "Until somebody ends it"],
    [{ status: "under-maintenance", window: null }, "Until somebody ends it"],
    [{ status: "scheduled", window }, "Next: Sat, Nov 28, 12:00 – 14:00"],
    [{ status: "scheduled", window: null }, "No upcoming window."],
    [{ status: "inactive" }, "Nothing happens until it is resumed."],
    [{ status: "ended" }, "It is over."],
  ])("%o", (change, expected) => expect(plain(stateOf(plan(change), NOW))).toBe(expected));

  it("has windows without end", () => {
    expect(windowText([window[0], null], "UTC", NOW)).toBe("from Sat, Nov 28, 11:00 until you end it");
  });

  it("says what it covers, and that it covers nothing", () => {
    expect(coverage(plan({ monitors: 2, pages: 1 }), 1)).toBe("2 monitors and groups · 1 server · 1 status page");
    expect(coverage(plan({}), 0)).toBe("Covers nothing yet");
  });
});
