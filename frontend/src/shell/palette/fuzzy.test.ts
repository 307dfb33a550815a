import { describe, expect, it } from "vitest";
import { best, scoreOf } from "./fuzzy.ts";

const HANG_MS = 1500;
const find = (typed: string, ...texts: string[]) =>
  best(texts.map((text) => ({ text })), typed.split(" "), 10).map(({ text }) => text);

describe("fuzzy", () => {
  it("finds by letters in their order, and by nothing else", () => {
    expect(scoreOf(["dbp"], "db-primary")).not.toBeNull();
    expect(scoreOf(["pbd"], "db-primary")).toBeNull();
    expect(scoreOf([], "anything")).not.toBeNull();
  });

  it("prefers what stands there as typed, at the beginning, then at that of a word", () => {
    expect(find("api", "a-p-i", "shop api", "graphiapi", "api gateway")).toEqual([
      "api gateway", "shop api", "graphiapi", "a-p-i",
    ]);
  });

  it("prefers first letters of words to letters somewhere", () => {
    expect(find("nm", "animal", "new monitor")).toEqual(["new monitor", "animal"]);
  });

  it("wants every word, in any order, and prefers the shorter of equals", () => {
    expect(find("eu api", "api eu west", "api eu", "api us")).toEqual(["api eu", "api eu west"]);
  });

  it("goes through ten thousand without delay", () => {
    const many = Array.from({ length: 10_000 }, (_, id) => ({ text: `host ${id}.example.org production` }));
    const began = performance.now();
    expect(best(many, ["host", "99"], 20)).toHaveLength(20);
    expect(performance.now() - began).toBeLessThan(HANG_MS);
  });
});
