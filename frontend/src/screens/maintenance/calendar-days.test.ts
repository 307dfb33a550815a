import { describe, expect, it } from "vitest";
import { daysOf } from "./calendar-days.ts";

const at = (text: string): number => Date.parse(`${text}Z`);
const plain = (text: string): string => text.replaceAll(/[\u2009\u202f]/g, " ");

describe("the calendar", () => {
  const calendar = {
    since: at("2026-11-28T12:00"),
    until: at("2026-12-28T12:00"),
    more: false,
    windows: [
      [1, at("2026-11-26T10:00"), at("2026-11-29T10:00")],
      [2, at("2026-11-27T10:00"), null],
      [3, at("2026-11-28T11:00"), at("2026-11-28T13:00")],
      [4, at("2026-11-28T23:30"), at("2026-11-29T00:30")],
      [3, at("2026-12-01T11:00"), null],
    ] as [number, number, number | null][],
  };
  const shown = (zone: string) =>
    daysOf(calendar, zone).map(({ heading, items }) =>
      [heading, ...items.map((item) => `${item.plan} ${plain(item.time)}`)]);

  it("has a day for what begins on it, and what began before stands with today", () => {
    expect(shown("UTC")).toEqual([
      [
        "Saturday, November 28",
        "1 Until Sun, Nov 29, 10:00",
        "2 from Fri, Nov 27, 10:00 until you end it",
        "3 11:00 – 13:00",
        "4 23:30 – Sun, Nov 29, 00:30",
      ],
      ["Tuesday, December 1", "3 from 11:00 until you end it"],
    ]);
  });

  it("has the days of the zone", () => {
    expect(shown("Europe/Berlin").map(([heading]) => heading)).toEqual([
      "Saturday, November 28", "Sunday, November 29", "Tuesday, December 1",
    ]);
  });
});
