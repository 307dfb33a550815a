import { describe, expect, it } from "vitest";
import { ServerStore, SPARK_MS, shownOf } from "./servers.ts";
import type { ServerRow } from "../wire/server-types.ts";

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

  it("continues sparklines, once per report, and lets the old end fall off", () => {
    const store = storeOf({ uuid: "a" });
    store.takeSparks({ a: { cpu: [[1000, 5]] } });
    store.change({ rows: [valuesOf({ uuid: "a", cpu: 7, lastSeen: 2000 })], deleted: [] });
    store.change({ rows: [valuesOf({ uuid: "a", cpu: 7, lastSeen: 2000, alerts: ["cpu"] })], deleted: [] });
    expect(store.sparks.get("a")).toEqual([[1000, 5], [2000, 7]]);
    store.change({ rows: [valuesOf({ uuid: "a", cpu: 9, lastSeen: SPARK_MS + 1500 })], deleted: [] });
    expect(store.sparks.get("a")).toEqual([[2000, 7], [SPARK_MS + 1500, 9]]);
  });

  it("forgets the sparklines of servers a new summary does not have", () => {
    const store = storeOf({ uuid: "a" });
    store.takeSparks({ a: { cpu: [[1, 1]] } });
    store.load({ columns: COLUMNS, rows: [valuesOf({ uuid: "b" })], serverTime: 0 });
    expect(store.sparks.size).toBe(0);
  });
});

describe("shownOf", () => {
  it.each([
    [{}, "up"],
    [{ alerts: ["cpu"] }, "pending"],
    [{ status: "offline", alerts: ["downtime"] }, "down"],
    [{ status: "offline", maintenance: true }, "maintenance"],
  ])("%j is %s", (given, expected) => {
    const row = { status: "online", maintenance: false, alerts: [], ...given } as unknown as ServerRow;
    expect(shownOf(row)).toBe(expected);
  });
});
