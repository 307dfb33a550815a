import { describe, expect, it } from "vitest";
import type { LiveBeat } from "../wire/types.ts";
import { MonitorStore, statusOf } from "./monitors.ts";
import { summaryOf, type Given } from "./test-rows.ts";

const HANG_MS = 1500; // some 10 are usual; far more means that the work grows with the square

function storeOf(...rows: Given[]): MonitorStore {
  const store = new MonitorStore();
  store.load(summaryOf(rows));
  return store;
}

const beat = (id: number, time: number, status: 0 | 1 | 2 | 3, msg: string | null = null): LiveBeat => [
  id, time, status, 12, msg, 0, 0.5,
];

describe("MonitorStore.load", () => {
  it("reads rows by the columns the server names, in whatever order", () => {
    const store = new MonitorStore();
    store.load({ columns: ["name", "id", "active", "status"], rows: [["a", 7, 1, 1]], serverTime: 0 });
    expect(store.rows.get(7)).toMatchObject({ id: 7, name: "a", active: true, msg: "", tags: [] });
    expect(store.counts.up).toBe(1);
  });

  it("keeps the objects of rows that are still there and drops the others", () => {
    const store = storeOf({ id: 1, status: 1 }, { id: 2, status: 0 });
    const kept = store.rows.get(1);
    store.load(summaryOf([{ id: 1, status: 0 }, { id: 3, status: 1 }]));
    expect(store.rows.get(1)).toBe(kept);
    expect(kept?.status).toBe(0);
    expect([...store.rows.keys()]).toEqual([1, 3]);
    expect(store.counts).toMatchObject({ up: 1, down: 1 });
  });
});

describe("MonitorStore.beat", () => {
  it("updates the row, its revision and the counts, and tells what changed its look", () => {
    const store = storeOf({ id: 1, status: 1, time: 10 }, { id: 2, status: 1, time: 10 });
    const changes = store.beat([beat(1, 20, 0, "refused"), beat(2, 20, 1)]);
    expect(changes.map(({ row, from, to }) => [row.id, from, to])).toEqual([[1, "up", "down"]]);
    expect(store.rows.get(1)).toMatchObject({ status: 0, msg: "refused", ping: 12, uptime24: 0.5, revision: 1 });
    expect(store.counts).toMatchObject({ up: 1, down: 1 });
  });

  it("keeps the message when the beat leaves it out", () => {
    const store = storeOf({ id: 1, status: 1, msg: "200 - OK" });
    store.beat([beat(1, 20, 1)]);
    expect(store.rows.get(1)?.msg).toBe("200 - OK");
  });

  it("ignores beats that are older than what is known, and those of strangers", () => {
    const store = storeOf({ id: 1, status: 1, time: 100 });
    expect(store.beat([beat(1, 50, 0), beat(9, 200, 0)])).toEqual([]);
    expect(store.rows.get(1)?.status).toBe(1);
    expect(store.counts.down).toBe(0);
  });

  it("announces nothing for a paused monitor, whose last status is history", () => {
    const store = storeOf({ id: 1, status: 1, active: false });
    expect(store.beat([beat(1, 20, 0)])).toEqual([]);
    expect(store.counts).toMatchObject({ paused: 1, down: 0 });
  });

  it("bumps `statuses` only when a look changed and `structure` never", () => {
    const store = storeOf({ id: 1, status: 1 });
    const [structure, statuses, live] = [store.structure.value, store.statuses.value, store.live.value];
    store.beat([beat(1, 20, 1)]);
    expect([store.structure.value, store.statuses.value, store.live.value]).toEqual([structure, statuses, live + 1]);
  });

  it("takes a batch of ten thousand without comparing everything with everything", () => {
    const rows = Array.from({ length: 10_000 }, (_, id) => ({ id, status: 1 as const }));
    const store = storeOf(...rows);
    const batch = rows.map(({ id }) => beat(id, 20, id % 10 ? 1 : 0));
    const began = performance.now();
    expect(store.beat(batch)).toHaveLength(1000);
    expect(performance.now() - began).toBeLessThan(HANG_MS);
  });
});

describe("MonitorStore.change", () => {
  it("is structural when a name, parent or tag changed, not when only a status did", () => {
    const store = storeOf({ id: 1, name: "a", status: 1 });
    const before = store.structure.value;
    store.change(summaryOf([{ id: 1, name: "a", status: 0 }]).rows, []);
    expect(store.structure.value).toBe(before);
    store.change(summaryOf([{ id: 1, name: "b", status: 0 }]).rows, []);
    store.change(summaryOf([{ id: 1, name: "b", status: 0, tags: [["x", "", "#fff"]] }]).rows, []);
    expect(store.structure.value).toBe(before + 2);
    expect(store.counts).toMatchObject({ down: 1, up: 0 });
  });

  it("adds and deletes", () => {
    const store = storeOf({ id: 1, status: 1 });
    store.change(summaryOf([{ id: 2, status: 0 }]).rows, [1, 99]);
    expect([...store.rows.keys()]).toEqual([2]);
    expect(store.counts).toMatchObject({ up: 0, down: 1 });
  });
});

describe("statusOf", () => {
  it.each([
    [{ active: false, status: 0 as const }, "paused"],
    [{ maintenance: true, status: 0 as const }, "maintenance"],
    [{ status: null }, "unknown"],
    [{ status: 4 as const, maintenance: true }, "unchecked"],
    [{ status: 2 as const }, "pending"],
    [{ status: 2 as const, type: "group", msg: "Group empty" }, "unknown"],
  ])("%j is %s", (given, shown) => {
    const row = storeOf({ id: 1, ...given }).rows.get(1);
    expect(row && statusOf(row)).toBe(shown);
  });

  it("moves `since` with important beats only", () => {
    const store = storeOf({ id: 1, status: 1, time: 10, since: 5 });
    store.beat([[1, 20, 1, 3, null, 0, 1]]);
    expect(store.rows.get(1)?.since).toBe(5);
    store.beat([[1, 30, 0, null, "refused", 1, 1]]);
    expect(store.rows.get(1)?.since).toBe(30);
  });
});
