/**
 * The texts of a language as the built page loads them: those of the first screens before anything is drawn, all others
 * beside the first file that needs one. What a language lacks is filled with the English text, so that an unfinished one
 * can be built and read.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Plugin } from "vite";

const LANGUAGE = /\/src\/words\/[\w-]+\.json$/;
const REST = /^(.*\/src\/words\/[\w-]+)\.later$/; // the other texts of a language, as a module without a file
const LATER = "/src/words/later.ts";
/** What is seen right after the start, besides what the page is made of. */
const FIRST = [
  "start/page.ts", "screens/login/Login.vue", "screens/overview/Overview.vue", "screens/monitor/MonitorPage.vue",
];

const IMPORT = /(?:\bfrom|\bimport)\s*"(\.[^"]+\.(?:vue|ts))"/g; // what is needed before a file runs
const EAGER = /import\.meta\.glob(?:<[^>]*>)?\("\.\/\*\/([\w.-]+)", \{ eager: true/g;
const KEY = /["'`]([a-zA-Z]\w*(?:\.[\w=-]+)+)["'`]/g;
const PREFIX = /`([a-zA-Z]\w*(?:\.[\w-]+)*\.)\$\{/g; // of keys that are put together: `status.${name}`

type Words = Record<string, unknown>;
const read = (path: string): Words => JSON.parse(readFileSync(path, "utf8")) as Words;
const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []);

/** Every file that is loaded with the first screens, by its path. */
export function firstFiles(source: string): Set<string> {
  const all = new Set(FIRST.map((name) => join(source, name)));
  for (const file of all) {
    const text = readFileSync(file, "utf8");
    const folder = dirname(file);
    for (const name of found(text, IMPORT)) if (existsSync(join(folder, name))) all.add(join(folder, name));
    for (const name of found(text, EAGER)) {
      const each = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
      for (const entry of each) if (existsSync(join(folder, entry.name, name))) all.add(join(folder, entry.name, name));
    }
  }
  return all;
}

/** Whether a script names one of some keys, as a whole or by how it begins. */
export function namesOf(script: string, keys: Iterable<string>): string[] {
  const whole = new Set(found(script, KEY));
  const prefixes = found(script, PREFIX);
  return [...keys].filter((key) => whole.has(key) || prefixes.some((prefix) => key.startsWith(prefix)));
}

/** The keys that the first screens may show; all others come later. */
export function firstKeys(source: string): Set<string> {
  const keys = Object.keys(read(join(source, "words/en.json")));
  return new Set([...firstFiles(source)].flatMap((file) => namesOf(readFileSync(file, "utf8"), keys)));
}

export function splitWords(root: string): Plugin {
  const source = join(root, "src");
  let first = new Set<string>();
  let later: string[] = [];
  const part = (path: string, wanted: (key: string) => boolean): string => {
    const words = { ...read(join(source, "words/en.json")), ...read(path) };
    return JSON.stringify(Object.fromEntries(Object.entries(words).filter(([key]) => wanted(key))));
  };
  return {
    name: "split-words",
    apply: "build",
    enforce: "pre",
    buildStart() {
      first = firstKeys(source);
      later = Object.keys(read(join(source, "words/en.json"))).filter((key) => !first.has(key));
    },
    resolveId: {
      order: "pre",
      handler: (name, from) =>
        (name.endsWith(".json?later") ? join(from ? dirname(from) : "", name.replace(".json?later", ".later")) : null),
    },
    load(id) {
      const [, path] = REST.exec(id) ?? [];
      if (path) return { code: `export default ${part(`${path}.json`, (key) => !first.has(key))}`, moduleType: "js" };
      return LANGUAGE.test(id) ? part(id, (key) => first.has(key)) : null;
    },
    transform: {
      order: "post",
      handler(code, id) {
        const name = relative(source, id);
        if (name.startsWith("..") || !/\.(ts|vue)(\?|$)/.test(name) || name.startsWith("words/")) return null;
        return namesOf(code, later).length ? { code: `import "${LATER}";\n${code}`, map: null } : null;
      },
    },
  };
}
