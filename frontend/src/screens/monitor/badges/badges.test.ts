import { describe, expect, it } from "vitest";
import { badgeAddress, KINDS, optionsOf, written, type Choice } from "./badges.ts";

const PLAIN: Choice = { kind: "status", style: "flat", duration: "24", options: {} };
const of = (changes: Partial<Choice>): string => badgeAddress("https://k.example/sub", 5, { ...PLAIN, ...changes });

describe("the address of a badge", () => {
  it.each([
    [{}, "/status"],
    [{ kind: "uptime" as const }, "/uptime"],
    [{ kind: "uptime" as const, duration: "720" as const }, "/uptime/720"],
    [{ duration: "720" as const }, "/status"], // a state has no duration
    [{ kind: "uptime" as const, duration: "1y" as const }, "/uptime/1y?labelSuffix=y"],
    [{ style: "social" as const }, "/status?style=social"],
    // `color` is none of its options.
    [{ options: { upLabel: "fine & well", color: "red" } }, "/status?upLabel=fine+%26+well"],
    [{ kind: "cert-exp" as const, options: { date: "true", label: "" } }, "/cert-exp?date=true"],
  ])("%j", (changes, end) => expect(of(changes)).toBe(`https://k.example/sub/api/badge/5${end}`));

  it("has options of every kind", () => expect(KINDS.every((kind) => optionsOf(kind).includes("label"))).toBe(true));
});

describe("what is copied", () => {
  it("cannot be broken out of", () => {
    expect(written("html", "https://a/?x=1&y=2", `"><b>`)).toBe('<img src="https://a/?x=1&amp;y=2" alt="&quot;&gt;&lt;b&gt;">');
    expect(written("markdown", "https://a/?x=(1)", "my [web]")).toBe("![my \\[web\\]](https://a/?x=%281%29)");
    expect(written("url", "https://a/?x=1", "web")).toBe("https://a/?x=1");
  });
});
