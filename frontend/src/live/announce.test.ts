import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { rowsOf } from "../state/test-rows.ts";
import type { Status } from "../words/status.ts";
import { announceChanges, announcement } from "./announce.ts";

const rows = rowsOf(...Array.from({ length: 9 }, (_, id) => ({ id, name: `web ${id}` })));

function change(id: number, from: Status, to: Status): void {
  const row = rows.get(id);
  if (row) announceChanges([{ row, from, to }]);
}

describe("announcements", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    announcement.value = "";
  });
  afterEach(() => {
    vi.runAllTimers();
    vi.useRealTimers();
  });

  it("gather what happened, naming three and counting the rest", () => {
    for (let id = 0; id < 5; id += 1) change(id, "up", "down");
    vi.advanceTimersByTime(1000);
    expect(announcement.value).toBe("web 0, web 1, web 2 and 2 more are down.");
  });

  it("do not interrupt each other", () => {
    change(1, "up", "down");
    vi.advanceTimersByTime(600);
    change(1, "down", "up");
    vi.advanceTimersByTime(600);
    expect(announcement.value).toBe("web 1 is down.");
    vi.advanceTimersByTime(3000);
    expect(announcement.value).toBe("web 1 is up again.");
  });

  it("pass over what came back before it was said, first checks and recoveries from pending", () => {
    change(1, "up", "down");
    change(1, "down", "up");
    change(2, "unknown", "up");
    change(3, "pending", "up");
    vi.advanceTimersByTime(5000);
    expect(announcement.value).toBe("");
  });
});
