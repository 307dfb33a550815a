import { afterEach, describe, expect, it, vi } from "vitest";
import {
  backOf, comparedPlans, namesOf, offeredSpans, parseComparison, shiftedAnswer, sourcesOf, unlessSame, writeComparison,
} from "./comparison.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const id = (digit: number) => `${digit}0000000-0000-4000-8000-000000000000`;
const OWN = id(9);
const all = () => true;

describe("the comparison in the address", () => {
  it.each(["previous", "day", "week", "month"] as const)("is an earlier span: %s", (span) => {
    expect(parseComparison(span, OWN, all)).toEqual({ kind: "span", span });
    expect(writeComparison({ kind: "span", span })).toBe(span);
  });

  it("is up to three other servers, each once", () => {
    const uuids = [id(1), id(2), id(3)];
    expect(parseComparison(uuids.join(), OWN, all)).toEqual({ kind: "servers", uuids });
    expect(parseComparison([id(1), id(1), id(2), OWN, id(3), id(4)].join(), OWN, all)).toEqual({ kind: "servers", uuids });
    expect(writeComparison({ kind: "servers", uuids })).toBe(uuids.join());
  });

  it("leaves out who is unknown or was deleted, and the server itself", () => {
    const others = (query: string, known: number) =>
      parseComparison(query, OWN, (uuid) => uuid === OWN || uuid === id(known));
    expect(others(`${id(1)},${id(2)},nonsense`, 2)).toEqual({ kind: "servers", uuids: [id(2)] });
    expect(others(`${id(1)},${OWN}`, 2)).toEqual({ kind: "servers", uuids: [] });
  });

  it("remembers that others are wished for before one is chosen", () => {
    const written = writeComparison({ kind: "servers", uuids: [] });
    expect(parseComparison(written, OWN, all)).toEqual({ kind: "servers", uuids: [] });
  });

  it.each([undefined, null, "", "yesterday", ","])("is none for %s", (query) =>
    expect(parseComparison(query, OWN, all)).toEqual({ kind: "none" }));

  it("is written only when there is one", () => expect(writeComparison({ kind: "none" })).toBeUndefined());

  it("takes the first of several", () =>
    expect(parseComparison(["week", "day"], OWN, all)).toEqual({ kind: "span", span: "week" }));
});

describe("earlier spans", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("are offered where they differ from the span and from each other", () => {
    expect(offeredSpans(HOUR, null)).toEqual(["previous", "day", "week", "month"]);
    expect(offeredSpans(DAY, null)).toEqual(["previous", "week", "month"]);
    expect(offeredSpans(7 * DAY, null)).toEqual(["previous", "month"]);
    expect(offeredSpans(365 * DAY, null)).toEqual(["previous"]);
    expect(offeredSpans(365 * DAY, "day")).toEqual(["previous", "day"]);
  });

  it("lie back by their own length or by days", () => {
    const to = Date.UTC(2026, 0, 20, 12);
    expect(backOf("previous", [to - 6 * HOUR, to])).toBe(6 * HOUR);
    expect((["day", "week", "month"] as const).map((span) => backOf(span, [to - HOUR, to]) / DAY)).toEqual([1, 7, 30]);
  });

  it("keep the time of day when clocks are changed in between", () => {
    vi.stubEnv("TZ", "Europe/Berlin");
    const to = Date.UTC(2026, 2, 29, 12); // the clocks went forward that night
    expect(backOf("day", [to - HOUR, to])).toBe(23 * HOUR);
    expect(backOf("week", [to - HOUR, to])).toBe(7 * DAY - HOUR);
  });

  it("are drawn at the times of now", () => {
    const columns = { unit: "%", times: [1, 2], min: [0, 0], mean: [5, 6], max: [9, 9] };
    const answer = { series: { cpu: columns }, step: 1, thresholds: {} };
    expect(shiftedAnswer(answer, 100).series.cpu).toEqual({ ...columns, times: [101, 102] });
    expect(answer.series.cpu.times).toEqual([1, 2]);
    expect(shiftedAnswer(answer, 0)).toBe(answer);
  });
});

describe("what is read", () => {
  const span = [10 * HOUR, 12 * HOUR] as const;
  const nameOf = (uuid: string) => `host-${uuid.charAt(0)}`;

  it("is the server alone without a comparison", () => {
    expect(sourcesOf(OWN, { kind: "none" }, span, nameOf)).toEqual([{ key: OWN, uuid: OWN, name: "host-9", back: 0 }]);
  });

  it("is the same server twice for a span, named by time", () => {
    const sources = sourcesOf(OWN, { kind: "span", span: "previous" }, span, nameOf);
    expect(sources.map(({ uuid, name, back }) => [uuid, name, back])).toEqual([
      [OWN, "this span", 0],
      [OWN, "the span before", 2 * HOUR],
    ]);
    expect(new Set(sources.map(({ key }) => key)).size).toBe(2);
  });

  it("is every chosen server by its name", () => {
    const sources = sourcesOf(OWN, { kind: "servers", uuids: [id(2), id(1)] }, span, nameOf);
    expect(sources.map(({ name, back }) => [name, back])).toEqual([["host-9", 0], ["host-2", 0], ["host-1", 0]]);
  });

  it("tells namesakes apart", () => {
    const rows = [{ uuid: id(1), name: "web" }, { uuid: id(2), name: "db" }, { uuid: id(3), name: "web" }];
    expect([...namesOf(rows).values()]).toEqual(["web (10000000)", "db", "web (30000000)"]);
  });
});

describe("charts that compare", () => {
  it("have one metric each", () => {
    const plans = comparedPlans([
      { name: "cpu", metrics: ["cpu"], percent: true },
      { name: "load", metrics: ["load_1", "load_5"], percent: false },
      { name: "net", metrics: ["net_in", "net_out"], percent: false },
      { name: "io", metrics: ["disk_read_b"], percent: false },
    ]);
    expect(plans.map(({ name, metrics, part }) => [name, metrics, part])).toEqual([
      ["cpu", ["cpu"], undefined],
      ["load", ["load_1"], "load_1"],
      ["net", ["net_in"], "net_in"],
      ["net", ["net_out"], "net_out"],
      ["io", ["disk_read_b"], "disk_read_b"],
    ]);
  });
});

describe("unlessSame", () => {
  it("keeps the object as long as it says the same", () => {
    const before = { kind: "none" };
    expect(unlessSame(before, { kind: "none" })).toBe(before);
    expect(unlessSame(before, { kind: "span" })).toEqual({ kind: "span" });
    expect(unlessSame(undefined, before)).toBe(before);
  });
});
