import { describe, expect, it } from "vitest";
import type { Columns } from "../../../wire/server-types.ts";
import { align, askedFor, newestAt, plansFor, refreshMs, sampleAt, shifted, type Answer } from "./metric-data.ts";

const MINUTE = 60_000;
const columns = (times: number[], unit = "%"): Columns => ({
  unit,
  times: times.map((time) => time * MINUTE),
  min: times.map((time) => time - 1),
  mean: times,
  max: times.map((time) => time + 1),
});
const answer = (series: Record<string, Columns>, thresholds = {}): Answer => ({ series, step: MINUTE, thresholds });
const plan = (metrics: string[]) => ({ name: "net" as const, metrics, percent: false });

describe("plansFor", () => {
  it("has only charts with samples, friendly names where there are some", () => {
    const plans = plansFor(["cpu_used", "net_sent_b", "load_1", "temperature_c[gpu]", "disk_used_b[/home]"]);
    expect(plans.map(({ name, metrics }) => [name, metrics])).toEqual([
      ["cpu", ["cpu"]],
      ["load", ["load_1"]],
      ["net", ["net_out"]],
      ["volumes", ["disk_used_b[/home]"]],
      ["temperature", ["temperature_c[gpu]"]],
    ]);
  });

  it("has shares of file systems whose size was sent, and bytes of others", () => {
    const plans = plansFor(["disk_used_b[/]", "disk_total_b[/]", "disk_used_b[/old]"]);
    expect(plans).toEqual([
      { name: "volumes", metrics: ["disk_used_b[/]"], percent: true, totals: { "disk_used_b[/]": "disk_total_b[/]" } },
      { name: "volumes", metrics: ["disk_used_b[/old]"], percent: false },
    ]);
    expect(plans.flatMap(askedFor)).toEqual(["disk_used_b[/]", "disk_total_b[/]", "disk_used_b[/old]"]);
  });

  it("is empty for a server that never sent a sample", () => expect(plansFor([])).toEqual([]));
});

describe("align", () => {
  it("joins series of different times: what one lacks is no hole", () => {
    const series = { net_in: columns([1, 2, 3]), net_out: columns([2, 3]) };
    const drawing = align(plan(["net_in", "net_out"]), [answer(series, { net_out: 10 })]);
    expect(drawing.times).toEqual([60, 120, 180]);
    expect(drawing.lines.map(({ mean }) => mean)).toEqual([[1, 2, 3], [undefined, 2, 3]]);
    expect(drawing.lines[0]?.high).toEqual([2, 3, 4]);
    expect(drawing.thresholds).toEqual([{ value: 10, line: null }]);
  });

  it("breaks a line where samples are missing, by the pace they come in", () => {
    const drawing = align(plan(["net_in"]), [answer({ net_in: columns([1, 2, 9]) })]);
    expect(drawing.lines[0]?.mean).toEqual([1, 2, null, 9]);
    const slow = align(plan(["net_in"]), [answer({ net_in: columns([0, 5, 10]) })]);
    expect(slow.lines[0]?.mean).toEqual([0, 5, 10]);
  });

  it("has no lines for what the answer lacks, but their unit", () => {
    const nothing = { times: [], lines: [], unit: "MB/s", thresholds: [] };
    expect(align(plan(["net_in"]), [answer({}, { net_in: 1 })])).toEqual(nothing);
    expect(align(plan(["net_in"]), [null])).toEqual(nothing);
  });

  it("puts answers over the same times, each with its own holes", () => {
    const own = answer({ cpu: columns([1, 2, 9]) });
    const other = answer({ cpu: columns([1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5]) });
    const { times, lines } = align(plan(["cpu"]), [own, other]);
    expect(times).toHaveLength(12);
    expect(lines.map(({ source }) => source)).toEqual([0, 1]);
    // All of the hole is one, at the times of the other too.
    expect(lines[0]?.mean).toEqual([1, undefined, 2, ...Array.from({ length: 8 }, () => null), 9]);
    expect(lines[1]?.mean.includes(null)).toBe(false);
  });

  it("keeps the line of one that has no samples, or has not answered", () => {
    const { lines, unit } = align(plan(["cpu"]), [answer({}), null, answer({ cpu: columns([1]) })]);
    expect(lines.map(({ source, mean }) => [source, mean])).toEqual([[0, [undefined]], [1, [undefined]], [2, [1]]]);
    expect(unit).toBe("%");
  });

  it("has the threshold of the server itself alone", () => {
    const series = { cpu: columns([1]) };
    const limits = (own: object, other: object) =>
      align(plan(["cpu"]), [answer(series, own), answer(series, other)]).thresholds;
    expect(limits({ cpu: 80 }, { cpu: 50 })).toEqual([{ value: 80, line: null }]);
    expect(limits({}, { cpu: 50 })).toEqual([]);
  });

  it("has a threshold of each line where they differ, and one of all where they are equal", () => {
    const series = { net_in: columns([1]), net_out: columns([1]) };
    const limits = (own: object) => align(plan(["net_in", "net_out"]), [answer(series, own)]).thresholds;
    expect(limits({ net_in: 7, net_out: 9 })).toEqual([{ value: 9, line: 1 }, { value: 7, line: 0 }]);
    expect(limits({ net_in: 10, net_out: 10 })).toEqual([{ value: 10, line: null }]);
  });
});

describe("shares", () => {
  const shares = { ...plan(["used"]), percent: true, totals: { used: "total" } };

  it("are percent of the total then, or last before", () => {
    const total = { ...columns([1, 3], "bytes"), mean: [10, 6] };
    const { lines, unit } = align(shares, [answer({ used: columns([1, 2, 3], "bytes"), total })]);
    expect(unit).toBe("%");
    expect(lines[0]?.mean).toEqual([10, 20, 50]);
    expect(lines[0]?.high[0]).toBe(20);
    expect(lines[0]?.total).toEqual([10, 10, 6]);
  });

  it("are none where no total was sent", () => {
    const { lines, unit } = align(shares, [answer({ used: columns([1], "bytes") })]);
    expect(lines).toEqual([]);
    expect(unit).toBe("%");
  });
});

describe("the sample at a time", () => {
  const times = [0, 30, 60, 90, 120, 600];
  const line = { mean: [1, undefined, 2, undefined, null, 3], reach: 75 };

  it("is the one there, or the closest of the line", () => {
    expect(sampleAt(line, times, 0)).toBe(0);
    expect(sampleAt(line, times, 1)).toBe(0);
    expect(sampleAt({ mean: [undefined, 5], reach: 75 }, [0, 30], 0)).toBe(1);
  });

  it("is none in a hole, or too far away", () => {
    expect(sampleAt(line, times, 4)).toBeNull();
    expect(sampleAt({ mean: [1, undefined], reach: 75 }, [0, 90], 1)).toBeNull();
    expect(sampleAt({ mean: [undefined], reach: 0 }, [0], 0)).toBeNull();
  });

  it("is the newest when no time is pointed at", () => {
    expect(newestAt({ mean: [1, 2, null, undefined] })).toBe(1);
    expect(newestAt({ mean: [] })).toBeNull();
  });
});

describe("windows", () => {
  it("move by their own length", () => {
    expect(shifted([100, 200], -1, 250)).toEqual([0, 100]);
    expect(shifted([100, 200], 1, 350)).toEqual([200, 300]);
  });

  it("are live where they reach now, or nearly", () => {
    expect(shifted([100, 200], 1, 250)).toBeNull();
    expect(shifted([100, 200], 1, 305)).toBeNull();
    expect(shifted([100, 200], -1, 50)).toEqual([0, 100]);
  });

  it("are read again the less often the longer they are", () => {
    const hour = 3_600_000;
    expect([hour, 6 * hour, 168 * hour].map(refreshMs)).toEqual([5_000, 60_000, 600_000]);
  });
});
