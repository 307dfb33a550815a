import { describe, expect, it } from "vitest";
import { TextIndex } from "./text-index.ts";

const index = new TextIndex(["alpha web", "web web", "", "be\ta", "ebw", "last web"].map((text) => ({ text })));
const found = (word: string) => index.with(word).map(({ text }) => text);

describe("TextIndex", () => {
  it("finds every text once, in order, whatever stands beside it", () => {
    expect(found("web")).toEqual(["alpha web", "web web", "last web"]);
    expect(found("a")).toEqual(["alpha web", "be\ta", "last web"]);
    expect(found("bw")).toEqual(["ebw"]);
    expect(found("nothing")).toEqual([]);
  });

  it("finds nothing across two texts", () => {
    expect(new TextIndex([{ text: "ab" }, { text: "cd" }, { text: "x\ny" }]).with("bc")).toEqual([]);
    expect(new TextIndex([{ text: "x\ny" }]).with("x y")).toHaveLength(1);
    expect(new TextIndex([]).with("a")).toEqual([]);
  });
});
