import { beforeEach, describe, expect, it, vi } from "vitest";
import { question } from "../../../ui/confirm.ts";
import { toasts } from "../../../ui/toast.ts";
import type { PlanRow } from "../../../wire/server-types.ts";
import { beginMaintenance, endMaintenance } from "./maintenance-actions.ts";
import { quickPlan } from "./maintenance-plans.ts";

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock("../../../wire/socket.ts", () => ({ call, connection: { value: "online" }, onPush: vi.fn(), WireError: Error }));

type Answers = Record<string, (...args: unknown[]) => unknown>;

const plan = (id: number, given: Partial<PlanRow> = {}): PlanRow => ({
  id, title: `Plan ${id}`, strategy: "single", status: "under-maintenance", active: true, ...given,
});
const quick = (id: number, given: Partial<PlanRow> = {}): PlanRow =>
  plan(id, { title: String(quickPlan("web-1", 60, 0).title), ...given });

/** A server with plans, and what was ordered. */
function world(ids: number[], plans: PlanRow[], more: Answers = {}): unknown[][] {
  const orders: unknown[][] = [];
  const answers: Answers = {
    server: () => ({ maintenancePlans: ids }),
    maintenancePlans: () => ({ plans }),
    addMaintenance: () => ({ maintenanceID: 50 }),
    getMonitorMaintenance: () => ({ monitors: [] }),
    ...more,
  };
  call.mockImplementation(async (event: string, ...args: unknown[]) => {
    if (/^(set|add|delete)/.test(event)) orders.push(event === "addMaintenance" ? [event] : [event, ...args]);
    return Promise.resolve(answers[event]?.(...args) ?? {});
  });
  return orders;
}

const refuse = (sentence: string) => () => {
  throw new Error(sentence);
};

beforeEach(() => void (toasts.value = []));

describe("a maintenance begun on the page", () => {
  it("is added to the plans the server has, and old ones of its kind go", async () => {
    const orders = world([1, 8], [plan(1), quick(8, { status: "ended" })]);
    expect(await beginMaintenance("u", "web-1", 60)).toBe(true);
    expect(orders).toEqual([["addMaintenance"], ["setServerMaintenance", "u", [1, 8, 50]], ["deleteMaintenance", 8]]);
  });

  it("leaves no plan behind when the server cannot have it, and says why", async () => {
    const orders = world([], [], { setServerMaintenance: refuse("The server does not exist.") });
    expect(await beginMaintenance("u", "web-1", null)).toBe(false);
    expect(orders.at(-1)).toEqual(["deleteMaintenance", 50]);
    expect(toasts.value.map(({ text, tone }) => [text, tone])).toEqual([["The server does not exist.", "error"]]);
  });
});

describe("a maintenance that is ended", () => {
  it("takes its plan along when that was made here; what is planned stays", async () => {
    const orders = world([2, 8], [plan(2, { status: "scheduled" }), quick(8)]);
    expect(await endMaintenance("u")).toBe(true);
    expect(orders).toEqual([["setServerMaintenance", "u", [2]], ["deleteMaintenance", 8]]);
  });

  it("leaves a plan that somebody put monitors under", async () => {
    const orders = world([8], [quick(8)], { getMonitorMaintenance: () => ({ monitors: [{ id: 3 }] }) });
    await endMaintenance("u");
    expect(orders).toEqual([["setServerMaintenance", "u", []]]);
  });

  it.each([[true, [["setServerMaintenance", "u", []]]], [false, []]])(
    "asks before the server leaves a plan for others: %s", async (yes, expected) => {
      const orders = world([1], [plan(1)]);
      const ended = endMaintenance("u");
      await vi.waitFor(() => expect(question.value).not.toBeNull());
      question.value?.answer({ yes, option: false });
      expect(await ended).toBe(yes);
      expect(orders).toEqual(expected);
    },
  );
});
