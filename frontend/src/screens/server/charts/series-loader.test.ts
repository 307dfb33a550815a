import { describe, expect, it } from "vitest";
import type { MetricsAck } from "../../../wire/server-types.ts";
import type { TimeSpan } from "./metric-data.ts";
import { SeriesLoader } from "./series-loader.ts";

const SPAN: TimeSpan = [1000, 2000];
const source = (key: string, back = 0) => ({ key, uuid: key.charAt(0), name: key, back });

function ack(value: number, [since, until]: TimeSpan): MetricsAck {
  const columns = { unit: "%", times: [since], min: [value], mean: [value], max: [value] };
  return { since, until, step: 1, tier: "raw", thresholds: {}, series: { cpu: columns } };
}

/** Questions wait until the test answers them. */
function asker() {
  const waiting: { uuid: string; span: TimeSpan; resolve: (ack: MetricsAck) => void; reject: (error: Error) => void }[] = [];
  const ask = (uuid: string, span: TimeSpan) =>
    new Promise<MetricsAck>((resolve, reject) => waiting.push({ uuid, span, resolve, reject }));
  return { waiting, loader: new SeriesLoader(ask) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("the loader of series", () => {
  it("asks for all at once and takes each answer as it comes, shifted onto now", async () => {
    const { waiting, loader } = asker();
    void loader.read([source("a"), source("a day", 500)], SPAN, ["cpu"]);
    expect(waiting.map(({ span }) => span)).toEqual([[1000, 2000], [500, 1500]]);
    waiting[1]?.resolve(ack(7, [500, 1500]));
    await settled();
    expect(loader.of("a").answer).toBeNull();
    expect(loader.of("a day").answer?.series.cpu?.times).toEqual([1000]);
  });

  it("keeps what one has when another fails, and says which failed", async () => {
    const { waiting, loader } = asker();
    const done = loader.read([source("a"), source("b")], SPAN, ["cpu"]);
    waiting[0]?.resolve(ack(1, SPAN));
    waiting[1]?.reject(new Error("Gone."));
    await done;
    expect(loader.of("a")).toMatchObject({ problem: "", answer: { series: { cpu: { mean: [1] } } } });
    expect(loader.of("b")).toMatchObject({ problem: "Gone.", answer: null });
  });

  it("keeps the last answer through a failure, and forgets the failure with the next", async () => {
    const { waiting, loader } = asker();
    for (const at of [0, 1, 2]) {
      const done = loader.read([source("a")], SPAN, ["cpu"]);
      if (at === 1) waiting[at]?.reject(new Error("Gone."));
      else waiting[at]?.resolve(ack(at, SPAN));
      await done;
      expect(loader.of("a").problem).toBe(at === 1 ? "Gone." : "");
      expect(loader.of("a").answer?.series.cpu?.mean).toEqual([at === 2 ? 2 : 0]);
    }
  });

  it("drops an answer that was overtaken, or that nobody waits for", async () => {
    const { waiting, loader } = asker();
    void loader.read([source("a"), source("b")], SPAN, ["cpu"]);
    void loader.read([source("a")], SPAN, ["cpu"]);
    waiting[2]?.resolve(ack(2, SPAN));
    await settled();
    waiting[0]?.resolve(ack(1, SPAN));
    waiting[1]?.resolve(ack(1, SPAN));
    await settled();
    expect(loader.of("a").answer?.series.cpu?.mean).toEqual([2]);
    expect([...loader.all.value.keys()]).toEqual(["a"]);
  });
});
