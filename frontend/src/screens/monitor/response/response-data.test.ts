import { describe, expect, it } from "vitest";
import type { ChartBucket, DetailBeat } from "../../../wire/types.ts";
import { chainOf } from "../../../state/certificate.ts";
import { bucketSeconds, fromBeats, fromBuckets, percentile, summarise, timesOf } from "./response-data.ts";
import { targetOf } from "../target.ts";

const beat = (seconds: number, status: 0 | 1 | 2 | 3, ping: number | null = null): DetailBeat => [
  seconds * 1000, status, ping, "",
];
const bucket = (timestamp: number, up: number, down: number, ping: number | null): ChartBucket => ({
  timestamp, up, down, avgPing: ping, minPing: ping && ping - 1, maxPing: ping && ping + 1,
});

describe("fromBeats", () => {
  it("draws up beats and shades trouble until the next beat", () => {
    const data = fromBeats([beat(0, 1, 10), beat(20, 2), beat(40, 0), beat(60, 0), beat(80, 1, 12)], 100_000);
    expect(data.average).toEqual([10, null, null, null, 12]);
    expect(data.spans).toEqual([
      { from: 20, to: 40, tone: "pending" },
      { from: 40, to: 80, tone: "down" },
    ]);
  });

  it("lets trouble last until now when it is the last word, but not across a hole", () => {
    expect(fromBeats([beat(0, 1, 1), beat(20, 1, 1), beat(40, 0)], 50_000).spans[0]?.to).toBe(50);
    expect(fromBeats([beat(0, 1, 1), beat(20, 1, 1), beat(40, 0)], 9_000_000).spans[0]?.to).toBe(90);
  });

  it("breaks the line where beats are missing", () => {
    const data = fromBeats([beat(0, 1, 1), beat(20, 1, 1), beat(40, 1, 1), beat(400, 1, 1)], 400_000);
    expect(data.times).toEqual([0, 20, 40, 60, 400]);
    expect(data.average[3]).toBeNull();
  });
});

describe("fromBuckets", () => {
  it("turns newest first into oldest first, with low and high", () => {
    const data = fromBuckets([bucket(120, 1, 0, 20), bucket(60, 1, 0, 10)], 3);
    expect(data.times).toEqual([60, 120]);
    expect(data.low).toEqual([9, 19]);
    expect(data.high).toEqual([11, 21]);
  });

  it("joins neighbouring buckets of one trouble and prefers down over maintenance", () => {
    const maintained = { ...bucket(180, 0, 0, null), maintenance: 1 };
    const data = fromBuckets([bucket(60, 0, 1, null), bucket(120, 1, 2, 5), maintained], 3);
    expect(data.spans).toEqual([
      { from: 60, to: 180, tone: "down" },
      { from: 180, to: 240, tone: "maintenance" },
    ]);
    expect(data.average).toEqual([null, 5, null]);
  });

  it("knows how the server cuts periods", () => {
    expect([3, 24, 168, 720, 8760].map(bucketSeconds)).toEqual([60, 60, 3600, 3600, 86_400]);
  });
});

describe("summarise", () => {
  it("has average, lowest and highest, or nothing", () => {
    const data = fromBuckets([bucket(60, 1, 0, 10), bucket(120, 1, 0, 20)], 3);
    expect(summarise(data)).toEqual({ average: 15, low: 9, high: 21 });
    expect(summarise(fromBeats([beat(0, 0)], 1000))).toBeNull();
  });
});

describe("chainOf", () => {
  it("lists from the server's own to the root and survives a circle", () => {
    const root = { subject: { CN: "Root" }, issuer: { CN: "Root" }, validTo: "nonsense" };
    expect(chainOf({ subject: { O: "Shop" }, issuer: { CN: "Root" }, issuerCertificate: root })).toMatchObject([
      { subject: "Shop", issuer: "Root", validTo: null },
      { subject: "Root", issuer: "Root", validTo: null },
    ]);
    const circle: { issuerCertificate?: object } = {};
    circle.issuerCertificate = circle;
    expect(chainOf(circle)).toHaveLength(10);
  });
});

describe("targetOf", () => {
  it.each([
    [{ type: "http", url: "https://a.example" }, { text: "https://a.example", href: "https://a.example" }],
    [{ type: "http", url: "javascript:alert(1)" }, { text: "javascript:alert(1)", href: null }],
    [{ type: "port", hostname: "db", port: 5432 }, { text: "db:5432", href: null }],
    [{ type: "ping", hostname: "db", port: 5432 }, { text: "db", href: null }],
    [{ type: "group", hostname: "x" }, null],
  ])("of %j is %j", (monitor, target) => expect(targetOf({ id: 1, name: "", ...monitor })).toEqual(target));
});

describe("percentiles", () => {
  it("are those of the server: nearest rank", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([50, 95, 99, 100, 0].map((percent) => percentile(hundred, percent))).toEqual([50, 95, 99, 100, 1]);
    expect(percentile([], 50)).toBeNull();
  });

  it("are of what was up", () => {
    expect(timesOf([beat(0, 1, 30), beat(1, 0, 999), beat(2, 1, 10), beat(3, 1)])).toEqual({
      checks: 2, least: 10, average: 20, most: 30, p50: 10, p95: 30, p99: 30,
    });
  });
});
