import { describe, expect, it } from "vitest";
import type { Problem } from "../wire/types.ts";
import { announced, said } from "./problems.ts";

const problem = (key: string, msg = `${key}.`): Problem => ({
  key,
  msg,
  sentence: { key: msg, arguments: {} },
  meaning: { key: "It means something.", arguments: {} },
  since: 0,
  help: null,
  members: [],
});

describe("what a screen reader is told", () => {
  it("is what is new, and not what changes in a sentence", () => {
    expect(announced([problem("a")], [])).toBe("Trouble of Kuma Lite itself: a.");
    expect(announced([problem("a"), problem("b")], [problem("a")])).toBe("Trouble of Kuma Lite itself: b.");
    expect(announced([problem("a", "5 s late.")], [problem("a", "6 s late.")])).toBeNull();
  });

  it("is that all of it is over, and nothing while some is not", () => {
    expect(announced([], [problem("a"), problem("b")])).toBe("Kuma Lite works as usual again.");
    expect(announced([problem("a")], [problem("a"), problem("b")])).toBeNull();
    expect(announced([], [])).toBeNull();
  });
});

it("sentences without a translation are filled", () => {
  expect(said({ key: "{free} MB are left.", arguments: { free: 1200 } })).toBe("1,200 MB are left.");
  expect(said({ key: "{free} MB are left.", arguments: { free: 1200 } }, "as it came")).toBe("as it came");
});
