import { describe, expect, it } from "vitest";
import { endOf } from "./token-end.ts";

const NOON = Date.parse("2026-01-01T12:00:00Z");

describe("endOf", () => {
  it("is null while a token works, the moment before it expires included", () => {
    expect(endOf({ revoked_at: null, expires_at: null }, NOON)).toBeNull();
    expect(endOf({ revoked_at: null, expires_at: "2026-01-01T12:00:01Z" }, NOON)).toBeNull();
  });

  it("says when and how it ended; revoked counts first", () => {
    const expires_at = "2026-01-01T12:00:00Z";
    expect(endOf({ revoked_at: null, expires_at }, NOON)).toEqual({ at: NOON, revoked: false });
    expect(endOf({ revoked_at: "2026-01-01T11:00:00Z", expires_at }, NOON)).toEqual({
      at: NOON - 3_600_000,
      revoked: true,
    });
  });
});
