import { describe, expect, it } from "vitest";
import type { Plan } from "../../wire/maintenance-types.ts";
import {
  errorsOf, newValues, STRATEGIES, storedValues, toWire, withStrategy, type PlanValues,
} from "./plan-values.ts";

const NOW = Date.parse("2026-11-28T18:20:00Z");
const fresh = newValues(NOW, "Europe/Berlin");
const values = (change: Partial<PlanValues>): PlanValues => ({ ...fresh, title: "T", ...change });

const stored: Plan & { description: string } = {
  id: 7,
  title: "Backup",
  description: "text",
  strategy: "recurring-weekday",
  status: "scheduled",
  active: true,
  timezone: "Asia/Tokyo",
  timezoneOption: "Asia/Tokyo",
  dateRange: ["2026-12-01T00:00:00", null],
  timeRange: [{ hours: 23, minutes: 5, seconds: 0 }, { hours: 1, minutes: 0, seconds: 0 }],
  intervalDay: 1,
  weekdays: [1, 7],
  daysOfMonth: [],
  cron: "5 23 * * 1,7",
  durationMinutes: 115,
  window: null,
  monitors: 0,
  pages: 0,
};

describe("a new plan", () => {
  it("is once, in the next full hour of the server's zone", () => {
    expect(fresh).toMatchObject({ strategy: "single", start: "2026-11-28T20:00", end: "2026-11-28T21:00" });
    expect(newValues(Date.parse("2026-11-28T18:00:00Z"), "UTC").start).toBe("2026-11-28T19:00");
  });

  it("needs a title and nothing else", () => {
    expect(Object.keys(errorsOf(fresh))).toEqual(["title"]);
    expect(errorsOf(values({}))).toEqual({});
  });
});

describe("another strategy", () => {
  it("drops the dates of a single one as limits, and keeps limits among those that repeat", () => {
    const weekly = withStrategy(fresh, "recurring-weekday", fresh);
    expect([weekly.start, weekly.end]).toEqual(["", ""]);
    const limited = withStrategy({ ...weekly, start: "2027-01-01T00:00" }, "cron", fresh);
    expect(limited.start).toBe("2027-01-01T00:00");
    expect(withStrategy(limited, "single", fresh).start).toBe(fresh.start);
  });
});

describe("the wire", () => {
  it.each(STRATEGIES)("takes what was stored back as it was: %s", (strategy) => {
    const plan = { ...stored, strategy, cron: "1 2 * * *", durationMinutes: 90, intervalDay: 3 };
    const wire = toWire(storedValues(plan, fresh), plan.active, plan.id);
    expect(wire).toMatchObject({ id: 7, title: "Backup", description: "text", strategy, active: true });
    expect(wire.timezoneOption).toBe("Asia/Tokyo");
    expect(wire.dateRange).toEqual(strategy === "manual" ? [null, null] : ["2026-12-01T00:00", null]);
    expect(wire.timeRange).toEqual([{ hours: 23, minutes: 5 }, { hours: 1, minutes: 0 }]);
    expect(wire.weekdays).toEqual([1, 0]);
    expect(wire.intervalDay).toBe(strategy === "recurring-interval" ? 3 : 1);
    expect([wire.cron, wire.durationMinutes]).toEqual(strategy === "cron" ? ["1 2 * * *", 90] : ["", 0]);
  });

  it("has no number of a new one, and no duration of an empty field", () => {
    const wire = toWire(values({ strategy: "cron", minutes: "" }), true, null);
    expect("id" in wire).toBe(false);
    expect(wire.durationMinutes).toBeNull();
  });

  it("keeps seconds that were set, and shows none that were not", () => {
    const plan = { ...stored, dateRange: ["2026-12-01T00:00:07", null] as [string, null] };
    expect(storedValues(plan, fresh).start).toBe("2026-12-01T00:00:07");
  });
});

describe("what is missing", () => {
  it.each<[Partial<PlanValues>, string[]]>([
    [{ strategy: "single", start: "" }, ["start"]],
    [{ strategy: "single", end: "" }, []],
    [{ strategy: "single", start: "2027-01-01T10:00", end: "2027-01-01T10:00" }, ["end"]],
    [{ strategy: "manual", start: "2027-01-01T10:00", end: "2026-01-01T10:00" }, []],
    [{ strategy: "recurring-weekday", weekdays: [] }, ["weekdays"]],
    [{ strategy: "recurring-weekday", weekdays: [0] }, []],
    [{ strategy: "recurring-day-of-month", daysOfMonth: [] }, ["daysOfMonth"]],
    [{ strategy: "recurring-interval", days: "0" }, ["days"]],
    [{ strategy: "recurring-interval", days: "1.5" }, ["days"]],
    [{ strategy: "recurring-interval", days: "", from: "", to: "" }, ["days", "from", "to"]],
    [{ strategy: "recurring-interval", from: "02:00", to: "02:00" }, ["to"]],
    [{ strategy: "cron", cron: " ", minutes: 0 }, ["cron", "minutes"]],
    [{ strategy: "cron", cron: "not one" }, []], // the server says why
  ])("of %o is %o", (change, expected) => expect(Object.keys(errorsOf(values(change)))).toEqual(expected));
});
