import { describe, expect, it } from "vitest";
import { sentenceOfUsers } from "./users.ts";

const named = (count: number) => Array.from({ length: count }, (_, index) => ({ kind: "monitor", name: `m${index + 1}` }));

describe("who uses a thing", () => {
  it("is not said of what nobody uses", () => expect(sentenceOfUsers([])).toBe(""));
  it("is one by its name", () => expect(sentenceOfUsers(named(1))).toBe("It is used by m1."));
  it("are the first few of many", () => {
    expect(sentenceOfUsers(named(2))).toBe("It is used by 2: m1, m2.");
    expect(sentenceOfUsers(named(7))).toBe("It is used by 7: m1, m2, m3, m4, m5, ….");
  });
});
