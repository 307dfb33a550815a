/**
 * What languages lack, and what fills it:
 *
 *   npm run --silent words > missing.json     # {"de": {"a.key": "the English text", …}, "services/de": {…}, …}; or {}
 *   npm run --silent words -- fr > fr.json    # of one language
 *   npm run words -- missing.json             # takes the translated file, and brings all into the order of the English
 *
 * `de` are the texts of the page, by their keys. `declared/de`, `services/de` and `sentences/de` are what the server
 * says, by its English text (`server-texts.json`, which `make lists` writes): names in braces and addresses stay.
 * A text that is meant to be as in English is accepted when its key stands in `same-words.json`, one of the server
 * when it is given as its own translation; plural forms are those of the language (Intl.PluralRules). Texts that are
 * gone from the English ones are dropped when a file is taken.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const WORDS = fileURLToPath(new URL("../src/words/", import.meta.url));
const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const english = read(`${WORDS}en.json`);
const codes = readdirSync(WORDS)
  .filter((name) => name.endsWith(".json") && name !== "en.json")
  .map((name) => name.slice(0, -5));

const group = (key) => key.split(".")[0];

/** A key a line, a free line between groups. */
function written(words) {
  const keys = Object.keys(words);
  const lines = keys.map((key, at) => {
    const entry = words[key];
    const text = JSON.stringify(entry, null, 1).replaceAll("\n", "");
    const value = typeof entry === "string" ? text : `${text.slice(0, -1)} }`;
    const apart = at > 0 && group(keys[at - 1]) !== group(key) ? "\n" : "";
    return `${apart}  ${JSON.stringify(key)}: ${value}${at < keys.length - 1 ? "," : ""}`;
  });
  return `{\n${lines.join("\n")}\n}\n`;
}

/** By name: the English texts, and those of the language where it has any. */
const server = read(fileURLToPath(new URL("server-texts.json", import.meta.url)));
const files = new Map(codes.map((code) => [code, { english }]));
for (const [kind, texts] of Object.entries(server)) {
  const same = Object.fromEntries(texts.map((text) => [text, text]));
  for (const code of codes) files.set(`${kind}/${code}`, { english: same });
}
const own = (name) => (existsSync(`${WORDS}${name}.json`) ? read(`${WORDS}${name}.json`) : {});
const isServer = (name) => name.includes("/");

const [given] = process.argv.slice(2);
if (given && !codes.includes(given)) {
  const news = read(given);
  const unknown = Object.keys(news).filter((name) => !files.has(name));
  if (unknown.length) throw new Error(`no such language: ${unknown.join(", ")}`);
  for (const [name, { english: texts }] of files) {
    const all = { ...own(name), ...news[name] };
    const ordered = Object.fromEntries(Object.keys(texts).filter((key) => key in all).map((key) => [key, all[key]]));
    if (isServer(name) && !Object.keys(ordered).length) continue;
    writeFileSync(`${WORDS}${name}.json`, isServer(name) ? `${JSON.stringify(ordered, null, 1)}\n` : written(ordered));
    console.log(`${name}: ${Object.keys(ordered).length} of ${Object.keys(texts).length}`);
  }
} else {
  const missing = [...files].filter(([name]) => !given || name === given || name.endsWith(`/${given}`)).map(
    ([name, { english: texts }]) => {
      const there = own(name);
      return [name, Object.fromEntries(Object.entries(texts).filter(([key]) => !(key in there)))];
    });
  console.log(JSON.stringify(Object.fromEntries(missing.filter(([, keys]) => Object.keys(keys).length)), null, 1));
}
