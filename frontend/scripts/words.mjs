/**
 * What languages lack, and what fills it:
 *
 *   npm run --silent words > missing.json     # {"de": {"a.key": "the English text", …}, …}; nothing missing: {}
 *   npm run words -- missing.json             # takes the translated file, and brings all into the order of en.json
 *
 * A text that is meant to be as in English is accepted when its key stands in `same-words.json`; plural forms are
 * those of the language (Intl.PluralRules). Texts whose key is gone from en.json are dropped when a file is taken.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
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

const [filled] = process.argv.slice(2);
if (filled) {
  const news = read(filled);
  const unknown = Object.keys(news).filter((code) => !codes.includes(code));
  if (unknown.length) throw new Error(`no such language: ${unknown.join(", ")}`);
  for (const code of codes) {
    const all = { ...read(`${WORDS}${code}.json`), ...news[code] };
    const ordered = Object.keys(english).filter((key) => key in all).map((key) => [key, all[key]]);
    writeFileSync(`${WORDS}${code}.json`, written(Object.fromEntries(ordered)));
    console.log(`${code}: ${ordered.length} of ${Object.keys(english).length}`);
  }
} else {
  const missing = codes.map((code) => {
    const own = read(`${WORDS}${code}.json`);
    return [code, Object.fromEntries(Object.entries(english).filter(([key]) => !(key in own)))];
  });
  console.log(JSON.stringify(Object.fromEntries(missing.filter(([, keys]) => Object.keys(keys).length)), null, 2));
}
