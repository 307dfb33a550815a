import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connection } from "../wire/socket.ts";
import { OFFLINE_AFTER_MS, offlineSince } from "./offline.ts";

describe("offline", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 });
    connection.value = "online";
  });
  afterEach(() => {
    connection.value = "online";
    vi.useRealTimers();
  });

  it("begins when a lost connection has not come back, at the moment when it was lost", () => {
    connection.value = "offline";
    vi.advanceTimersByTime(OFFLINE_AFTER_MS - 1);
    expect(offlineSince.value).toBeNull();
    connection.value = "connecting"; // an attempt is no connection
    vi.advanceTimersByTime(1);
    expect(offlineSince.value).toBe(1_000_000);
    connection.value = "online";
    expect(offlineSince.value).toBeNull();
  });

  it("does not begin for a short gap", () => {
    connection.value = "offline";
    vi.advanceTimersByTime(OFFLINE_AFTER_MS / 2);
    connection.value = "online";
    vi.advanceTimersByTime(OFFLINE_AFTER_MS);
    expect(offlineSince.value).toBeNull();
  });
});
