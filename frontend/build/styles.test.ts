/** Sides are said by the direction of reading, so that a page that reads from right to left is not turned by hand. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCE = join(process.cwd(), "src");
const PHYSICAL = [
  /^\s*(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)\b/,
  /^\s*(?:left|right)\s*:/,
  /^\s*border-(?:top|bottom)-(?:left|right)-radius\b/,
  /\b(?:text-align|float|clear)\s*:\s*(?:left|right)\b/,
];
const FOUR = /^\s*(?:margin|padding|border-width|border-color)\s*:\s*\S+ (\S+) \S+ ([^\s;]+);/;

/** Style sheets, and what stands in the style of components. */
function styleOf(path: string): string {
  const text = readFileSync(join(SOURCE, path), "utf8");
  if (path.endsWith(".css")) return text;
  return [...text.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map((match) => match[1] ?? "").join("\n");
}

export function physical(style: string): string[] {
  return style.split("\n").filter((line) => {
    const [, right, left] = FOUR.exec(line) ?? [];
    return right !== left || PHYSICAL.some((pattern) => pattern.test(line));
  });
}

describe("the styles", () => {
  it("name no left and no right", () => {
    const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((path) => /\.(vue|css)$/.test(path));
    expect(files.length).toBeGreaterThan(100);
    const found = files.flatMap((path) => physical(styleOf(path)).map((line) => `${path}: ${line.trim()}`));
    expect(found).toEqual([]);
  });

  it("are read as a browser reads them", () => {
    const wrong = ["  margin-left: 4px;", "  left: 0;", "  text-align: right;", "  padding: 0 1px 0 2px;"];
    const right = ["  margin-inline-start: 4px;", "  padding: 0 1px 2px 1px;", "  inset-inline: 0;", "  --left: 1px;"];
    expect(physical([...wrong, ...right].join("\n"))).toEqual(wrong);
  });
});
