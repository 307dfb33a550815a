/**
 * What the server says, by what it is in English: texts of monitor types (`declared`), of notification services, and
 * sentences, whose templates have their values in braces. A file for each kind and language; without one it is English.
 */
import { fill, language, type Params } from "./index.ts";

export type Kind = "declared" | "services" | "sentences";
export type Texts = Readonly<Record<string, string>>;

const known: Record<string, string> = {};
const loaded = new Map<Kind, Promise<void>>();

async function load(kind: Kind): Promise<void> {
  Object.assign(known, ((await import(`./${kind}/${language}.json`)) as { default: Texts }).default);
}

/** All that is known once the kind is loaded; what cannot be had is asked for again the next time. */
export async function textsOf(kind: Kind): Promise<Texts> {
  if (language === "en") return known;
  let wanted = loaded.get(kind);
  if (!wanted) {
    wanted = load(kind).catch(() => void loaded.delete(kind));
    loaded.set(kind, wanted);
  }
  await wanted;
  return known;
}

interface Pattern {
  template: string;
  names: readonly string[];
  fits: RegExp;
}

const SLOT = /\{(\w+)\}/g;
/** Values that are words of the server's own; all others are what people or machines called something. */
const WORDS = new Set([
  ..."label what thing shown_name error reason problem wrong why message sentence over help advice deed words".split(" "),
]);
const LONGEST = 2000; // no sentence is

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
const weight = (template: string): number => template.replace(SLOT, "").length;

function patternOf(template: string): Pattern {
  const names = [...template.matchAll(SLOT)].map((match) => match[1] ?? "");
  return { template, names, fits: new RegExp(`^${template.split(/\{\w+\}/).map(escaped).join("(.*?)")}$`, "s") };
}

/** Sentences in another language, by template or as they were made of one: that which says most by itself. */
export function translator(texts: Texts): (key: string, params: Params) => string | null {
  let patterns: Pattern[] | null = null;
  const found = new Map<string, string | null>();

  function filled(template: string, params: Params): string | null {
    const text = texts[template];
    if (text === undefined) return null;
    const own = Object.entries(params).map(([name, value]) =>
      [name, WORDS.has(name) ? (translated(String(value), {}) ?? value) : value]);
    return fill(text, Object.fromEntries(own) as Params);
  }

  function recognised(text: string): string | null {
    if (text.length > LONGEST) return null;
    patterns ??= Object.keys(texts).filter((key) => key.search(SLOT) >= 0).sort((a, b) => weight(b) - weight(a))
      .map(patternOf);
    for (const { template, names, fits } of patterns) {
      const values = fits.exec(text);
      if (values) return filled(template, Object.fromEntries(names.map((name, at) => [name, values[at + 1] ?? ""])));
    }
    return null;
  }

  function translated(key: string, params: Params): string | null {
    const given = filled(key, params);
    if (given !== null || Object.keys(params).length) return given;
    if (!found.has(key)) found.set(key, recognised(key));
    return found.get(key) ?? null;
  }
  return translated;
}
