import { describe, expect, it } from "vitest";
import { errorOf, startValue, storedValue } from "./declared-fields.ts";
import type { Field } from "../wire/types.ts";
import { limitsError, limitsOf, newLimit } from "./limits.ts";

const stored = { number: "ping", operator: ">", value: 500 };
const field = { name: "limits", label: "Limits", kind: "limits", section: "limits" } as unknown as Field;

describe("limits", () => {
  it("fill in what the server leaves out, and pass over what is none", () => {
    expect(limitsOf([stored, null, 5])).toEqual([{ ...stored, becomes: "down", count: 1, of: 1 }]);
    expect(limitsOf("nonsense")).toEqual([]);
  });

  it("keep keys they do not know", () => {
    expect(limitsOf([{ ...stored, later: 1 }])[0]).toHaveProperty("later", 1);
  });

  it("need a number, and sensible counts", () => {
    expect(limitsError([stored])).toBe("");
    expect(limitsError([newLimit("ping")])).toBe("Each limit needs a number.");
    expect(limitsError([{ ...stored, count: 0 }])).toContain("1 to 100");
    expect(limitsError([{ ...stored, of: 2.5 }])).toContain("1 to 100");
    expect(limitsError([{ ...stored, count: 3, of: 2 }])).toContain("must not be larger");
  });

  it("are a field like others", () => {
    expect(startValue(field)).toEqual([]);
    expect(storedValue(field, [stored])).toEqual([stored]);
    expect(errorOf(field, [newLimit("ping")])).not.toBe("");
  });
});
