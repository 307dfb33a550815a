import { describe, expect, it } from "vitest";
import type { ServerRow } from "../wire/server-types.ts";
import { ServerStore, statusOf } from "./servers.ts";

const COLUMNS = ["uuid", "name", "status", "maintenance", "cpu", "lastSeen", "alerts"];

type Given = Partial<ServerRow> & { uuid: string };
const valuesOf = (given: Given): unknown[] => {
  const whole: Record<string, unknown> = {
    name: given.uuid, status: "online", maintenance: false, cpu: null, lastSeen: 0, alerts: [], ...given,
  };
  return COLUMNS.map((column) => whole[column]);
};
const storeOf = (...given: Given[]): ServerStore => {
  const store = new ServerStore();
  store.load({ columns: COLUMNS, rows: given.map(valuesOf), serverTime: 0 });
  return store;
};

describe("ServerStore", () => {
  it("takes in changes and drops what is deleted", () => {
    const store = storeOf({ uuid: "a" }, { uuid: "b" });
    store.change({ rows: [valuesOf({ uuid: "b", status: "offline" }), valuesOf({ uuid: "c" })], deleted: ["a"] });
    expect([...store.rows.keys()]).toEqual(["b", "c"]);
    expect(store.rows.get("b")?.status).toBe("offline");
  });

  it("ignores changes before it knows the columns", () => {
    const store = new ServerStore();
    store.change({ rows: [["x"]], deleted: [] });
    expect(store.rows.size).toBe(0);
  });

  it("counts what its rows show", () => {
    const store = storeOf({ uuid: "a" }, { uuid: "b", status: "offline" });
    store.change({ rows: [valuesOf({ uuid: "a", alerts: ["cpu"] }), valuesOf({ uuid: "c" })], deleted: ["b", "nobody"] });
    expect(store.counts).toMatchObject({ up: 1, pending: 1, down: 0 });
    store.clear();
    expect(store.counts).toMatchObject({ up: 0, pending: 0, down: 0 });
  });

  it.each<[string, Given[], string[], [structure: number, statuses: number]]>([
    ["figures", [{ uuid: "a", cpu: 7, lastSeen: 9 }], [], [0, 0]],
    ["an alert", [{ uuid: "a", alerts: ["cpu"] }], [], [0, 1]],
    ["a name", [{ uuid: "a", name: "b" }], [], [1, 0]],
    ["a server that came", [{ uuid: "c" }], [], [1, 1]],
    ["a server that went", [], ["a"], [1, 1]],
    ["a server nobody knew", [], ["c"], [0, 0]],
  ])("tells apart a change of %s", (_what, rows, deleted, expected) => {
    const store = storeOf({ uuid: "a" });
    const counters = [store.structure, store.statuses];
    const before = counters.map(({ value }) => value);
    store.change({ rows: rows.map(valuesOf), deleted });
    expect(counters.map(({ value }, index) => value - (before[index] ?? 0))).toEqual(expected);
  });

  it("hands out what a row was before", () => {
    const store = storeOf({ uuid: "a" });
    const changes = store.change({ rows: [valuesOf({ uuid: "a", cpu: 7 }), valuesOf({ uuid: "b" })], deleted: [] });
    expect(changes.map(({ before, row }) => [before?.cpu, row.cpu])).toEqual([[null, 7], [undefined, null]]);
    expect(changes[0]?.row).toBe(store.rows.get("a"));
  });
});

describe("statusOf", () => {
  it.each([
    [{}, "up"],
    [{ alerts: ["cpu"] }, "pending"],
    [{ status: "offline", alerts: ["downtime"] }, "down"],
    [{ status: "offline", maintenance: true }, "maintenance"],
  ])("%j is %s", (given, expected) => {
    const row = { status: "online", maintenance: false, alerts: [], ...given } as unknown as ServerRow;
    expect(statusOf(row)).toBe(expected);
  });
});
