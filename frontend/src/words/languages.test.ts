import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Entry } from "./index.ts";
import { bestOf, LANGUAGES } from "./languages.ts";

const FOLDER = join(process.cwd(), "src/words");
const read = (name: string): Record<string, Entry> =>
  JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as Record<string, Entry>;
const en = read("en.json");
const codes = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.slice(0, -5));
/** Keys that are written as in English, in all languages or in one. */
const same = JSON.parse(readFileSync(join(process.cwd(), "scripts/same-words.json"), "utf8")) as Record<string, string[]>;
const others = codes.filter((code) => code !== "en");

const formsOf = (entry: Entry): [category: string, text: string][] =>
  typeof entry === "string" ? [["other", entry]] : Object.entries(entry);
const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").sort();
const ofAll = (entry: Entry): string[] => [...new Set(formsOf(entry).flatMap(([, text]) => placeholders(text)))].sort();

/** The numbers that take a form; one number alone need not be written. */
function isOneNumber(code: string, category: string): boolean {
  if (category === "=1") return true;
  const rules = new Intl.PluralRules(code);
  return [...Array(200).keys()].filter((number) => number > 0 && rules.select(number) === category).length < 2;
}

describe("the languages", () => {
  it("have a file each", () => expect(codes.sort()).toEqual(Object.keys(LANGUAGES).sort()));

  it("are chosen as somebody reads them", () => {
    expect(bestOf(["de-AT", "en"])).toBe("de");
    expect(bestOf(["xx", "pt-PT"])).toBe("pt-BR");
    expect(bestOf(["zh-TW", "ja"])).toBe("ja");
    expect(bestOf(["zh-Hans-SG"])).toBe("zh-CN");
    expect(bestOf(["xx"])).toBe("en");
    expect(bestOf([])).toBe("en");
  });
});

describe.each(others)("the words in %s", (code) => {
  const words = read(`${code}.json`);
  const rows = Object.entries(words).filter(([key]) => key in en);

  it("are all there, in the order of the English ones: npm run words", () => {
    expect(Object.keys(words)).toEqual(Object.keys(en));
  });

  it("are translated, but for those that are meant to be the same", () => {
    const kept = new Set<string>([...(same.all ?? []), ...(same[code] ?? [])]);
    const untranslated = rows.filter(([key, entry]) => JSON.stringify(entry) === JSON.stringify(en[key]) && !kept.has(key));
    expect(untranslated.map(([key]) => key)).toEqual([]);
  });

  it("have the placeholders of the English ones", () => {
    const wrong = rows.flatMap(([key, entry]) => {
      const english = en[key] ?? "";
      const all = ofAll(english).join();
      return formsOf(entry).filter(([category, text]) => {
        const own = placeholders(text);
        if (own.join() === all) return false;
        const lesser =
          typeof english !== "string" && formsOf(english).some(([, one]) => placeholders(one).join() === own.join());
        const oneNumber = isOneNumber(code, category) || !ofAll(english).includes("count") || own.includes("count");
        return !(lesser && oneNumber) && !(isOneNumber(code, category) && [...own, "count"].sort().join() === all);
      }).map(([category]) => `${key} ${category}`);
    });
    expect(wrong).toEqual([]);
  });

  it("have the plural forms of their language", () => {
    // "many" of French, Italian, Portuguese and Spanish is for millions, and said as "other".
    const wanted = new Intl.PluralRules(code).resolvedOptions().pluralCategories
      .filter((category) => category !== "many" || ["ar", "pl", "ru"].includes(code)).sort().join();
    const single = wanted === "other";
    const wrong = rows.filter(([key, entry]) =>
      typeof entry === "string"
        ? !single && typeof en[key] !== "string"
        : Object.keys(entry).filter((form) => form !== "=1").sort().join() !== wanted);
    expect(wrong.map(([key]) => key)).toEqual([]);
  });
});
