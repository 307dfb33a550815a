import { describe, expect, it } from "vitest";
import type { Field } from "../wire/types.ts";
import { followed } from "./followed.ts";

const field = (name: string, follows?: Field["follows"]): Field => ({
  name, label: name, kind: "number", section: "schedule", default: 0, follows,
});
const fields = [field("interval"), field("timeout", { option: "interval", share: 0.8 }), field("other")];

describe("followed", () => {
  it.each([
    [{ interval: 60, timeout: 48 }, "20", 16],
    [{ interval: 60, timeout: 48 }, 300, 240],
    [{ interval: 60, timeout: 10 }, 300, 10],
    [{ interval: 60, timeout: 10 }, 5, 4],
    [{ interval: 60, timeout: 0 }, 5, 0],
    [{ interval: 60, timeout: 48 }, "", 48],
    [{ interval: 3, timeout: 2.4 }, 1, 0.8],
  ])("%j with an interval of %j has a timeout of %j", (before, interval, timeout) => {
    expect(followed(fields, before, "interval", interval, {})).toEqual({ interval, timeout });
  });

  it("leaves alone what was touched, and what follows something else", () => {
    const before = { interval: 60, timeout: 48, other: 1 };
    expect(followed(fields, before, "interval", 20, { timeout: 48 }).timeout).toBe(48);
    expect(followed(fields, before, "other", 20, {})).toEqual({ ...before, other: 20 });
  });
});
