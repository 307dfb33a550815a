/**
 * Every text of the page, by key: `t("list.found", { count: 3, total: 9 })` picks the plural form by `count` and
 * fills what stands in braces. A second language is a second file with the same keys.
 */
import en from "./en.json";

export type Key = keyof typeof en;
type Entry = string | Record<string, string>;
export type Params = Record<string, string | number>;

export const locale = "en";
const words: Record<string, Entry> = en;
const plurals = new Intl.PluralRules(locale);
const numbers = new Intl.NumberFormat(locale);

export function fill(entry: Entry, params: Params): string {
  let text: string;
  if (typeof entry === "string") text = entry;
  else text = entry[plurals.select(Number(params.count))] ?? entry.other ?? "";
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers.format(value) : value;
  });
}

export function t(key: Key, params: Params = {}): string {
  return fill(words[key] ?? key, params);
}

/** A key the server named, or its sentence as a template; one the page does not know is shown as it came. */
export function translateServer(key: string, params: Params = {}, otherwise = key): string {
  const entry = words[`server.${key}`];
  return entry === undefined ? otherwise : fill(entry, params);
}

/** The text of a key that is put together at run time, or `fallback` when the page has no word for it. */
export function lookUp(key: string, fallback: string): string {
  const entry = words[key];
  return entry === undefined ? fallback : fill(entry, {});
}
