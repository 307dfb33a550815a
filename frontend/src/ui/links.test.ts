import { describe, expect, it } from "vitest";
import { isWebAddress, piecesOf } from "./links.ts";

describe("a text with addresses", () => {
  it("is cut at them, without the end of the sentence", () => {
    expect(piecesOf("See https://a.test/x?y=1#z. Or https://b.example.org")).toEqual([
      { text: "See " },
      { text: "a.test/x?y=1#z", href: "https://a.test/x?y=1#z" },
      { text: ". Or " },
      { text: "b.example.org", href: "https://b.example.org" },
    ]);
  });

  it("stays a text where an address is only described", () => {
    for (const text of ["", "With https://.", "At https://<your site>.example/x", "javascript:alert(1)", "Like https://shop.example."]) {
      expect(piecesOf(text)).toEqual(text ? [{ text }] : []);
    }
  });

  it("leads to the web only", () => {
    expect(isWebAddress("https://a.example")).toBe(true);
    expect(isWebAddress("javascript:alert(1)//https://a.example")).toBe(false);
  });
});
