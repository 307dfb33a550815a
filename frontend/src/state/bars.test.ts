import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BarBeat } from "../wire/types.ts";
import { BAR_BEATS, BarStore } from "./bars.ts";

const answer = (ids: number[]): Promise<Record<string, BarBeat[]>> =>
  Promise.resolve(Object.fromEntries(ids.map((id) => [String(id), [[1, 1, 10]] as BarBeat[]])));

describe("BarStore", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("asks once for rows that came into view together", async () => {
    const ask = vi.fn(answer);
    const bars = new BarStore(ask);
    bars.want([1, 2]);
    bars.want([2, 3]);
    await vi.runAllTimersAsync();
    expect(ask.mock.calls).toEqual([[[1, 2, 3], BAR_BEATS]]);
    bars.want([1, 2, 3]);
    await vi.runAllTimersAsync();
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it("asks for the last two hundred of a fast scroll only", async () => {
    const ask = vi.fn(answer);
    const bars = new BarStore(ask);
    bars.want(Array.from({ length: 500 }, (_, id) => id));
    await vi.runAllTimersAsync();
    expect(ask.mock.calls[0]?.[0]).toHaveLength(200);
    expect(ask.mock.calls[0]?.[0].at(-1)).toBe(499);
  });

  it("continues known bars by live beats, without doubles and without growing", async () => {
    const bars = new BarStore(answer);
    bars.want([1]);
    await vi.runAllTimersAsync();
    bars.append([[1, 1, 0, null, null, 0, null], [1, 2, 0, null, null, 0, null], [9, 2, 0, null, null, 0, null]]);
    expect(bars.get(1)).toEqual([[1, 1, 10], [2, 0, null]]);
    expect(bars.get(9)).toBeUndefined();
    for (let time = 3; time < 200; time += 1) bars.append([[1, time, 1, 5, null, 0, null]]);
    expect(bars.get(1)).toHaveLength(BAR_BEATS);
  });

  it("asks again after a failure and after a gap", async () => {
    const ask = vi.fn(answer).mockRejectedValueOnce(new Error("offline"));
    const bars = new BarStore(ask);
    bars.want([1]);
    await vi.runAllTimersAsync();
    expect(bars.get(1)).toBeUndefined();
    bars.want([1]);
    await vi.runAllTimersAsync();
    expect(bars.get(1)).toBeDefined();
    bars.clear();
    bars.want([1]);
    await vi.runAllTimersAsync();
    expect(ask).toHaveBeenCalledTimes(3);
  });
});
