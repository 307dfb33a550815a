import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { qrCode } from "./qr.ts";

const BEAR = `
#######.....#.#######
#.....#..#..#.#.....#
#.###.#.#..##.#.###.#
#.###.#.#...#.#.###.#
#.###.#.###.#.#.###.#
#.....#.####..#.....#
#######.#.#.#.#######
........##...........
#.#####..###..#####..
##.###.##..###..#####
#..#..##.##.#....###.
#....#.#...###...####
..###.#.....#.###...#
........##..##.###...
#######..#.#.#...###.
#.....#.##.....#.###.
#.###.#.##.#....#...#
#.###.#.#.######..#..
#.###.#.#.#.#.#..##..
#.....#..#.#####..#..
#######.#.#.#..#...#.`.trim();
// The shortest text of a version, as the library `qrcode` 1.5 draws it: its bytes, and a digest of rows of 0 and 1.
const OTHERS: [number, string][] = [
  [1, "89cc1ff9d71d938a"], [15, "d5fa86087c166334"], [27, "7a462b7a8c69e8b0"], [43, "5fd2d022b2684c8a"],
  [63, "49b1050f3be8ecb6"], [85, "8cbcfe41b5d22393"], [107, "4f0758719a272b92"], [123, "997890347491dfac"],
  [153, "217a410d5ac9fda8"], [181, "7fb18c112e4d0f94"], [214, "6d7325606993dcac"], [252, "da710eb4a1f80cb5"],
  [363, "ba4417a81d9498b1"], [505, "39661b6eb4eb4dbf"], [667, "ea02ac1378e97587"], [1810, "00eea69290a930c3"],
  [2214, "f05da9bf4b90c8aa"],
];

const lines = (text: string, light: string, dark: string): string =>
  qrCode(text).map((row) => row.map((is) => (is ? dark : light)).join("")).join("\n");
const digest = (text: string): string => createHash("sha256").update(lines(text, "0", "1")).digest("hex").slice(0, 16);

describe("QR codes", () => {
  it("are what others draw", () => {
    expect(lines("Kuma Lite", ".", "#")).toBe(BEAR);
  });

  it.each(OTHERS)("of %i bytes, too", (length, expected) => {
    expect(digest("0123456789abcdef".repeat(200).slice(0, length))).toBe(expected);
  });

  it("hold letters of every script", () => {
    expect(digest("ü".repeat(40))).toBe("a4c1d64e8d8df56a");
  });

  it("have an end", () => {
    expect(() => qrCode("x".repeat(2332))).toThrow(RangeError);
  });
});
