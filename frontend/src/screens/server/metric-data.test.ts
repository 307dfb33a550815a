import { describe, expect, it } from "vitest";
import type { Columns } from "../../wire/server-types.ts";
import { align, plansFor, refreshMs, shifted, valueAt } from "./metric-data.ts";

const MINUTE = 60_000;
const columns = (times: number[], unit = "%"): Columns => ({
  unit,
  times: times.map((time) => time * MINUTE),
  min: times.map((time) => time - 1),
  mean: times,
  max: times.map((time) => time + 1),
});
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

  it("is empty for a server that never sent a sample", () => expect(plansFor([])).toEqual([]));
});

describe("align", () => {
  it("joins series of different times: what one lacks is no hole", () => {
    const series = { net_in: columns([1, 2, 3]), net_out: columns([2, 3]) };
    const drawing = align(plan(["net_in", "net_out"]), { series, step: MINUTE, thresholds: { net_out: 10 } });
    expect(drawing.times).toEqual([60, 120, 180]);
    expect(drawing.lines.map(({ mean }) => mean)).toEqual([[1, 2, 3], [undefined, 2, 3]]);
    expect(drawing.lines[0]?.high).toEqual([2, 3, 4]);
    expect(drawing.threshold).toEqual({ metric: "net_out", value: 10 });
  });

  it("breaks a line where samples are missing, by the pace they come in", () => {
    const series = { net_in: columns([1, 2, 9]) };
    const drawing = align(plan(["net_in"]), { series, step: MINUTE, thresholds: {} });
    expect(drawing.lines[0]?.mean).toEqual([1, 2, null, 9]);
    const slow = align(plan(["net_in"]), { series: { net_in: columns([0, 5, 10]) }, step: MINUTE, thresholds: {} });
    expect(slow.lines[0]?.mean).toEqual([0, 5, 10]);
  });

  it("has no lines for what the answer lacks", () => {
    expect(align(plan(["net_in"]), { series: {}, step: MINUTE, thresholds: { net_in: 1 } })).toEqual({
      times: [], lines: [], unit: "", threshold: null,
    });
  });
});

describe("valueAt", () => {
  it("is the one pointed at, or the newest", () => {
    expect(valueAt([1, 2, undefined], 0)).toBe(1);
    expect(valueAt([1, 2, undefined], null)).toBe(2);
    expect(valueAt([1, undefined], 1)).toBeNull();
    expect(valueAt([], null)).toBeNull();
  });
});

describe("windows", () => {
  it("move by their own length and stop at now", () => {
    expect(shifted([100, 200], -1, 250)).toEqual([0, 100]);
    expect(shifted([100, 200], 1, 250)).toEqual([150, 250]);
  });

  it("are read again the less often the longer they are", () => {
    const hour = 3_600_000;
    expect([hour, 6 * hour, 168 * hour].map(refreshMs)).toEqual([5_000, 60_000, 600_000]);
  });
});
