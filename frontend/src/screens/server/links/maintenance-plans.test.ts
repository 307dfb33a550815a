import { describe, expect, it } from "vitest";
import type { PlanRow } from "../../../wire/server-types.ts";
import { endOf, isQuick, offered, quickPlan, runningOf, spentOf } from "./maintenance-plans.ts";

const NOW = Date.UTC(2026, 4, 31, 22, 30, 15, 600);

const plan = (id: number, given: Partial<PlanRow> = {}): PlanRow => ({
  id, title: `Plan ${id}`, strategy: "single", status: "under-maintenance", active: true, ...given,
});
const quick = (id: number, given: Partial<PlanRow> = {}): PlanRow =>
  plan(id, { title: String(quickPlan(`web-${id}`, 60, NOW).title), ...given });

describe("a quick plan", () => {
  it("begins now and ends when asked, in UTC", () => {
    expect(quickPlan("web-1", 240, NOW)).toMatchObject({
      strategy: "single",
      dateRange: ["2026-05-31 22:30:15", "2026-06-01 02:30:15"],
      timezoneOption: "UTC",
    });
  });

  it("without an end is one that is switched by hand", () => {
    expect(quickPlan("web-1", null, NOW)).toMatchObject({ strategy: "manual", dateRange: ["2026-05-31 22:30:15"] });
  });

  it("tells when it ends", () => {
    expect(endOf(quickPlan("web-1", 60, NOW))).toBe(Date.UTC(2026, 4, 31, 23, 30, 15));
    expect(endOf(quickPlan("web-1", null, NOW))).toBeNull();
    expect(endOf({ dateRange: ["", "2026-06-01 02:30:15"], timezoneOption: "Asia/Tokyo" })).toBeNull();
    expect(endOf({})).toBeNull();
  });

  it("is known by its title and strategy", () => {
    expect([quick(1), quick(1, { strategy: "manual" }), quick(1, { strategy: "cron" }), plan(1)].map(isQuick)).toEqual(
      [true, true, false, false],
    );
  });
});

describe("the plans of a server", () => {
  const plans = [plan(1), plan(2, { status: "scheduled" }), plan(3, { status: "ended" }), quick(4), quick(5)];

  it("are offered when they may still begin and are no quick ones", () => {
    expect(offered(plans).map(({ id }) => id)).toEqual([1, 2]);
  });

  it("hold now when they run; one that is not known may be somebody else's that does", () => {
    expect(runningOf(plans, [1, 2, 3, 5])).toEqual({ own: [5], others: [1] });
    expect(runningOf(plans, [2, 77])).toEqual({ own: [], others: [77] });
  });

  it("are tidied up when they were quick and are over", () => {
    const all = [...plans, quick(6, { status: "ended" }), quick(7, { status: "ended" })];
    expect(spentOf(all, [3, 5, 6])).toEqual([6]);
  });
});
