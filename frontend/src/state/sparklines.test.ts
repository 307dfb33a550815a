import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ServerRow } from "../wire/server-types.ts";
import { SPARK_MS, SparkStore, type Sparks } from "./sparklines.ts";

const row = (uuid: string, lastSeen: number, cpu: number | null): ServerRow => ({ uuid, lastSeen, cpu }) as ServerRow;

async function storeOf(sparks: Sparks): Promise<SparkStore> {
  const store = new SparkStore(() => Promise.resolve(sparks));
  store.want(Object.keys(sparks));
  await vi.runAllTimersAsync();
  return store;
}

describe("SparkStore", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("continues lines, once per report, and lets the old end fall off", async () => {
    const store = await storeOf({ a: { cpu: [[1000, 5]] } });
    store.append([row("a", 2000, 7), row("a", 2000, 7), row("a", 3000, null)]);
    expect(store.get("a")).toEqual([[1000, 5], [2000, 7]]);
    store.append([row("a", SPARK_MS + 1500, 9)]);
    expect(store.get("a")).toEqual([[2000, 7], [SPARK_MS + 1500, 9]]);
  });

  it("begins no line in the middle", async () => {
    const store = await storeOf({ a: { cpu: [] } });
    store.append([row("a", 1000, 5), row("b", 1000, 5)]);
    expect(store.get("a")).toEqual([[1000, 5]]);
    expect(store.get("b")).toBeUndefined();
  });

  it("asks for a hundred at once, the last that came into view", async () => {
    const ask = vi.fn(() => Promise.resolve({}));
    const store = new SparkStore(ask);
    store.want(Array.from({ length: 150 }, (_, index) => String(index)));
    await vi.runAllTimersAsync();
    const asked = ask.mock.calls.map(([uuids]: unknown[]) => uuids as string[]);
    expect(asked.map((uuids) => [uuids.length, uuids.at(-1)])).toEqual([[100, "149"]]);
  });
});
