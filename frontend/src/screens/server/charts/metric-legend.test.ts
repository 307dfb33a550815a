import { describe, expect, it } from "vitest";
import { moment } from "../../../words/format.ts";
import { titleOf } from "../metric-format.ts";
import { serverStyle, styleOf } from "./line-styles.ts";
import type { Cell, Drawing } from "./metric-data.ts";
import { legendOf } from "./metric-legend.ts";

const line = (source: number, mean: Cell[]) => ({
  source,
  metric: "cpu",
  reach: 90,
  mean,
  low: mean.map((cell) => cell && cell - 1),
  high: mean.map((cell) => cell && cell + 1),
  total: [],
});
const drawing = (...lines: Drawing["lines"]): Drawing => ({ times: [60, 120, 180], lines, unit: "%", thresholds: [] });
const source = (name: string, back = 0) => ({ key: name, uuid: "u", name, back });

describe("the legend", () => {
  it("names metrics, with the newest values", () => {
    const [row] = legendOf(drawing(line(0, [10, 20, undefined])), "none", [source("web")], null);
    expect(row).toMatchObject({ name: "CPU", value: "20%", note: "avg, 19% – 21%" });
  });

  it("says a unit once, and no average of equal values", () => {
    const speeds = { ...drawing(line(0, [2, 4, 6])), unit: "MB/s" };
    expect(legendOf(speeds, "none", [source("web")], 1)[0]).toMatchObject({ value: "4 MB/s", note: "avg, 3 – 5" });
    const same = { ...line(0, [2]), low: [2], high: [2] };
    expect(legendOf(drawing(same), "none", [source("web")], 0)[0]?.note).toBe("");
  });

  it("has the newest sample while live, averages at the pointer and between spans", () => {
    const value = (kind: "none" | "span", pointed: number | null, mean: Cell[] = [10, 20, 30]) =>
      legendOf(drawing(line(0, mean)), kind, [source("web")], pointed, [{ cpu: 77 }])[0];
    expect(value("none", null)).toMatchObject({ value: "77%", note: "" });
    expect(value("none", 1)).toMatchObject({ value: "20%", note: "avg, 19% – 21%" });
    expect(value("span", null)).toMatchObject({ value: "30%" });
    expect(value("none", null, [undefined])).toMatchObject({ value: "–" });
  });

  it("says how much a share is where the total was sent", () => {
    const volume = { ...line(0, [60]), total: [1e12] };
    const [row] = legendOf(drawing(volume), "none", [source("web")], null);
    expect(row).toMatchObject({ value: "60%", note: "600 GB of 1 TB" });
  });

  it("names spans, with values and the time of then at the pointer", () => {
    const sources = [source("this span"), source("a day earlier", 30_000)];
    const rows = legendOf(drawing(line(0, [10, 20, 30]), line(1, [40, undefined, 60])), "span", sources, 0);
    expect(rows.map(({ name, value, note }) => [name, value, note])).toEqual([
      ["this span", "10%", "avg, 9% – 11%"],
      ["a day earlier", "40%", moment(30_000)],
    ]);
  });

  it("compares spans at the newest time of this one", () => {
    const sources = [source("this span"), source("a day earlier", 30_000)];
    const rows = legendOf(drawing(line(0, [10, undefined, undefined]), line(1, [40, 50, 60])), "span", sources, null);
    expect(rows.map(({ value }) => value)).toEqual(["10%", "40%"]);
  });

  it("names servers, those without samples too", () => {
    const lines = [line(0, [10, 20, 30]), line(1, [40, 50, undefined]), line(2, [undefined, undefined, undefined])];
    const rows = legendOf(drawing(...lines), "servers", [source("web"), source("db"), source("new")], null);
    expect(rows.map(({ name, value, note }) => [name, value, note])).toEqual([
      ["web", "30%", "avg, 29% – 31%"], ["db", "50%", ""], ["new", "–", ""],
    ]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(3);
  });
});

describe("lines", () => {
  it("of servers differ in colour and pattern", () => {
    const styles = [0, 1, 2, 3].map(serverStyle);
    expect(new Set(styles.map(({ token }) => token)).size).toBe(4);
    expect(new Set(styles.map(({ dash }) => dash.join())).size).toBe(4);
  });

  it("of an earlier span are the same colour, fainter and dashed", () => {
    const [now, then] = [styleOf("span", { source: 0 }, 0), styleOf("span", { source: 1 }, 1)];
    expect(then.token).toBe(now.token);
    expect(then.opacity).toBeLessThan(now.opacity);
    expect(then.dash).not.toEqual(now.dash);
  });
});

describe("titles", () => {
  it("say which one is left of several", () => {
    expect(titleOf({ name: "ram" })).toBe("Memory");
    expect(titleOf({ name: "io", part: "disk_read_b" })).toBe("Disk traffic · Read");
    expect(titleOf({ name: "volumes", part: "disk_used_b[/home]" })).toBe("Used per file system · /home");
    expect(titleOf({ name: "net", part: "net_in" })).toBe("Network in");
  });
});
