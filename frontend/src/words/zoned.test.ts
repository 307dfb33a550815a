import { describe, expect, it } from "vitest";
import { dayHeading, timeSpan, wallOf, zonedMoment, zonedSpan, zoneOffset } from "./zoned.ts";

const at = (text: string): number => Date.parse(`${text}Z`);
const NOW = at("2026-11-28T12:00");
const plain = (text: string): string => text.replaceAll(/[\u2009\u202f]/g, " ");

describe("times of a zone", () => {
  it("are those its clocks show", () => {
    expect(zonedMoment(at("2026-11-30T01:00"), "Europe/Berlin", NOW)).toBe("Mon, Nov 30, 02:00");
    expect(zonedMoment(at("2026-12-31T23:30"), "Europe/Berlin", NOW)).toBe("Fri, Jan 1, 2027, 00:30");
  });

  it("say the day once, unless it ends on another", () => {
    expect(plain(zonedSpan(at("2026-11-30T01:00"), at("2026-11-30T02:00"), "Europe/Berlin", NOW))).toBe(
      "Mon, Nov 30, 02:00 – 03:00",
    );
    expect(plain(zonedSpan(at("2026-11-30T22:00"), at("2026-12-01T02:00"), "UTC", NOW))).toBe(
      "Mon, Nov 30, 22:00 – Tue, Dec 1, 02:00",
    );
    expect(plain(timeSpan(at("2026-11-30T22:00"), at("2026-11-30T23:00"), "UTC"))).toBe("22:00 – 23:00");
    expect(timeSpan(at("2026-11-30T22:00"), at("2026-12-01T02:00"), "UTC")).toBe("22:00 – Tue, Dec 1, 02:00");
  });

  it("know how far from UTC they are, in summer and in winter", () => {
    expect(zoneOffset(at("2026-07-01T00:00"), "Europe/Berlin")).toBe("GMT+2");
    expect(zoneOffset(at("2026-12-01T00:00"), "Europe/Berlin")).toBe("GMT+1");
  });

  it("fill a field", () => {
    expect(wallOf(at("2026-11-30T23:05"), "Asia/Tokyo")).toBe("2026-12-01T08:05");
    expect(wallOf(at("2026-11-30T15:00"), "Asia/Tokyo")).toBe("2026-12-01T00:00");
  });

  it("are of UTC when the browser does not know the zone", () => {
    expect(dayHeading(at("2026-11-30T23:05"), "Moon/Crater")).toBe("Monday, November 30");
  });
});
