/**
 * Every text of the page, by key: `t("list.found", { count: 3, total: 9 })` picks the plural form by `count`, or that
 * of the very number ("=1", where "one" is for 21 as well), and fills what stands in braces. A language is one file
 * with the keys of `en.json`, and only that of the reader is loaded; what it lacks is filled in English when the page is
 * built, and it is cut in two: what the first screens show is there before anything is drawn (`build/words.ts`).
 */
import type en from "./en.json";
import { currentLanguage, directionOf, localeOf, type Language } from "./languages.ts";

export type Key = keyof typeof en;
export type Entry = string | Record<string, string>;
export type Params = Record<string, string | number>;
type Words = Record<string, Entry>;

const laterFiles = import.meta.glob<Words>("./*.json", { query: "?later", import: "default" });

let words: Words = {};
let plurals: Intl.PluralRules;
let numbers: Intl.NumberFormat;

// Set before anything of the page is read that uses them (`start/main.ts`).
export let language: Language = "en";
export let locale: string;

/** The language of the reader; English where its file cannot be had. */
export async function loadWords(wanted: Language = currentLanguage()): Promise<void> {
  try {
    words = ((await import(`../words/${wanted}.json`)) as { default: Words }).default;
  } catch (error) {
    if (wanted === "en") throw error;
    return loadWords("en");
  }
  language = wanted;
  locale = localeOf(language);
  plurals = new Intl.PluralRules(locale);
  numbers = new Intl.NumberFormat(locale);
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

let later: Promise<void> | null = null;

/** The rest of the texts, for the files that need them. Raises what the browser says of a file that it cannot get. */
export function loadLater(): Promise<void> {
  const load = async (): Promise<void> => {
    words = { ...words, ...(await laterFiles[`./${language}.json`]?.()) };
  };
  later ??= load().catch((error: unknown) => {
    later = null;
    throw error;
  });
  return later;
}

export function fill(entry: Entry, params: Params): string {
  let text: string;
  if (typeof entry === "string") text = entry;
  else text = entry[`=${params.count}`] ?? entry[plurals.select(Number(params.count))] ?? entry.other ?? "";
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers.format(value) : value;
  });
}

export function t(key: Key, params: Params = {}): string {
  return fill(words[key] ?? key, params);
}

/** What a key stands for, or nothing when the page has no word for it. */
export const entryOf = (key: string): Entry | undefined => words[key];

/** The text of a key that is put together at run time, or `fallback` when the page has no word for it. */
export function lookUp(key: string, fallback: string): string {
  const entry = words[key];
  return entry === undefined ? fallback : fill(entry, {});
}
