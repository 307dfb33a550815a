import { describe, expect, it } from "vitest";
import { strengthOf } from "./password.ts";

describe("strengthOf", () => {
  it.each([["", "empty"], ["abc1", "weak"], ["abcdefgh", "weak"], ["abcde1", "fair"], ["correct horse 7", "good"]])(
    "%s is %s", (password, strength) => expect(strengthOf(password)).toBe(strength),
  );
});
