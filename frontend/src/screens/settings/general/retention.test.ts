import { describe, expect, it } from "vitest";
import { changesIn, draftOf, isChanged, shorterIn, wrongIn } from "./retention.ts";

const stored = { raw: 7, ten_minutes: 60, hours: 400, days: 3650, max_bytes: 500_400_000 };

describe("the form of the history of servers", () => {
  it("shows megabytes and sends only what changed", () => {
    const draft = draftOf(stored);
    expect(draft.megabytes).toBe(500);
    expect(changesIn(draft, stored)).toEqual({});
    Object.assign(draft, { raw: "14", megabytes: 750 });
    expect(changesIn(draft, stored)).toEqual({ raw: 14, max_bytes: 750_000_000 });
  });

  it("knows whether something was typed", () => {
    expect(isChanged(draftOf(stored), stored)).toBe(false);
    expect(isChanged({ ...draftOf(stored), raw: "7" }, stored)).toBe(false);
    expect(isChanged({ ...draftOf(stored), raw: "" }, stored)).toBe(true);
    expect(isChanged({ ...draftOf(stored), megabytes: 501 }, stored)).toBe(true);
  });

  it("keeps what is coarser at least as long as what is finer", () => {
    expect([...shorterIn(draftOf(stored))]).toEqual([]);
    expect([...shorterIn({ ...draftOf(stored), raw: "60", hours: 60 })]).toEqual([]);
    const draft = { ...draftOf(stored), raw: 90, hours: "70" };
    expect([...shorterIn(draft)]).toEqual([["ten_minutes", "raw"], ["hours", "raw"]]);
  });

  it("knows what the server would refuse", () => {
    const draft = draftOf(stored);
    expect([...wrongIn(draft)]).toEqual([]);
    Object.assign(draft, { raw: 91, ten_minutes: "", hours: 1.5, days: 0, megabytes: 0 });
    expect([...wrongIn(draft)]).toEqual(["raw", "ten_minutes", "hours", "days", "megabytes"]);
  });
});
