import { describe, expect, it } from "vitest";
import { phasesOf } from "./test-result.ts";

describe("phasesOf", () => {
  it("lets each begin where those before it ended, the answer with its first byte", () => {
    const timings = { dns: 10, connect: 20, tls: null, firstByte: 30, answer: 40, total: 100 };
    expect(phasesOf(timings)).toEqual([
      { name: "dns", ms: 10, start: 0, share: 0.1 },
      { name: "connect", ms: 20, start: 0.1, share: 0.2 },
      { name: "firstByte", ms: 30, start: 0.3, share: 0.3 },
      { name: "answer", ms: 40, start: 0.3, share: 0.4 },
      { name: "total", ms: 100, start: 0, share: 1 },
    ]);
  });
  it("never leaves its lane", () => {
    const none = { dns: null, connect: null, tls: null, firstByte: null, answer: null };
    expect(phasesOf({ ...none, total: 0 })).toEqual([{ name: "total", ms: 0, start: 0, share: 0 }]);
    const [, late] = phasesOf({ ...none, dns: 90, connect: 90, total: 100 });
    expect(late).toEqual({ name: "connect", ms: 90, start: 0.9, share: 1 - 0.9 });
  });
});
