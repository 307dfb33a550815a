import { describe, expect, it } from "vitest";
import { valueText, spanOf } from "./metric-format.ts";

const at = (day: number, hour: number, minute: number, year = 2026) => new Date(year, 10, day, hour, minute).getTime();
const now = new Date(2026, 10, 26);
const plain = (text: string) => text.replace(/\s/gu, " "); // thin and other spaces

describe("values of metrics", () => {
  it("are in the language of the page, with their unit", () => {
    expect(valueText(13.54, "")).toBe("13.5");
    expect(valueText(12_345.6, "")).toBe("12,350");
    expect(valueText(-4.5, "°C")).toBe("-4.5 °C");
    expect(valueText(1.5, "MB/s")).toBe("1.5 MB/s");
    expect(valueText(null, "%")).toBe("–");
  });
});

describe("a span in words", () => {
  it("says its day once, or both days", () => {
    expect(plain(spanOf([at(22, 9, 11), at(22, 11, 11)], now))).toBe("Nov 22, 09:11 – 11:11");
    expect(plain(spanOf([at(22, 22, 0), at(23, 0, 5)], now))).toBe("Nov 22, 22:00 – Nov 23, 00:05");
  });

  it("says the year when it is another", () => {
    expect(plain(spanOf([at(22, 9, 0, 2025), at(22, 10, 0, 2025)], now))).toBe("Nov 22, 2025, 09:00 – 10:00");
  });
});
