import { describe, expect, it } from "vitest";
import type { DetailBeat } from "../../wire/types.ts";
import { continued } from "./use-monitor.ts";

describe("an answer while beats come live", () => {
  it("is continued by those that it does not know yet", () => {
    expect(continued([[1, 1, 5, ""], [2, 1, 5, ""]], [[1, 1, 5, ""], [2, 1, 5, ""], [3, 0, null, "no"]])).toEqual([
      [1, 1, 5, ""], [2, 1, 5, ""], [3, 0, null, "no"],
    ]);
  });

  it("keeps as many as the server sends", () => {
    const many = Array.from({ length: 100 }, (_, time): DetailBeat => [time, 1, 5, ""]);
    expect(continued(many, [[200, 1, 5, ""]])).toEqual([...many.slice(1), [200, 1, 5, ""]]);
  });

  it("stands alone when everything was cleared", () => {
    expect(continued([], [[1, 1, 5, ""]])).toEqual([]);
  });
});
