import { describe, expect, it } from "vitest";
import type { PeriodRow } from "../../../wire/history-types.ts";
import { moved, sumOf, told } from "./periods.ts";

const DAY = Date.UTC(2026, 10, 3);
const row = (changes: Partial<Record<number, number | null>>): PeriodRow => {
  const values = [DAY, 1, 0, 0, null, null, null, 0];
  for (const [place, value] of Object.entries(changes)) values[Number(place)] = value as number;
  return values as PeriodRow;
};

describe("what is said of a day", () => {
  it.each([
    [{ 1: 0.992, 2: 2, 3: 660_000, 4: 41 }, "Tue, Nov 3, 2026 · 99.20% up · 2 outages, 11 min down · average 41 ms"],
    [{}, "Tue, Nov 3, 2026 · 100% up"],
    [{ 1: null }, "Tue, Nov 3, 2026 · nothing was checked"],
    [{ 1: null, 7: 1 }, "Tue, Nov 3, 2026 · under maintenance"],
    [{ 1: null, 2: 1, 3: 86_400_000 }, "Tue, Nov 3, 2026 · one outage, 1 d down"],
  ])("%j", (changes, text) => expect(told(row(changes), 86_400)).toBe(text));

  it("names the hour", () => expect(told(row({}), 3600)).toMatch(/^\w{3},? \d\d:00–\d\d:00 · 100% up$/));
});

describe("the sum", () => {
  it("leaves out when nothing was checked", () => {
    const rows = [row({ 1: null }), row({ 1: 0.5, 2: 1, 3: 10 }), row({})];
    expect(sumOf(rows)).toEqual({ uptime: 0.75, outages: 1, downMs: 10 });
    expect(sumOf([row({ 1: null })]).uptime).toBeNull();
  });
});

describe("keys", () => {
  it.each([
    ["ArrowLeft", -1, 89],
    ["ArrowLeft", 0, 0],
    ["ArrowRight", 89, 89],
    ["Home", 5, 0],
    ["End", 5, 89],
    ["Enter", 5, null],
  ])("%s from %i", (key, from, to) => expect(moved(key, from, 90)).toBe(to));

  it("lead nowhere without bars", () => expect(moved("Home", -1, 0)).toBeNull());
});
