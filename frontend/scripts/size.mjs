/**
 * Fails when the first load of the built page is above its budget: the entry script of index.html, everything
 * it imports before it can run, the texts of the largest language, and its style sheets, as brotli sends them.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../../frontend_dist/", import.meta.url));
const BUDGET_KB = 95; // of JavaScript; the house allows 130

const size = (name) => {
  const path = join(DIST, name);
  return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
};
const html = readFileSync(join(DIST, "index.html"), "utf8");
const named = (pattern) => [...html.matchAll(pattern)].map((match) => match[1].replace(/^\.\//, ""));
const scripts = new Set(named(/<script[^>]+src="([^"]+)"/g));
for (const name of named(/<link rel="modulepreload"[^>]+href="([^"]+)"/g)) scripts.add(name);
// The shell and the first screen are asked for at once by the router: they count.
for (const name of scripts) {
  if (!name.startsWith("assets/")) continue;
  for (const match of readFileSync(join(DIST, name), "utf8").matchAll(/(?:from|import)"\.\/([^"]+\.js)"/g)) {
    scripts.add(`assets/${match[1]}`);
  }
}
const languages = readdirSync(fileURLToPath(new URL("../src/words/", import.meta.url)))
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.slice(0, -5));
// Other files of a language have its name as well; that of the first screens has what the navigation says.
const texts = readdirSync(join(DIST, "assets"))
  .filter((name) => languages.some((code) => name.startsWith(`${code}-`) && name.endsWith(".js")))
  .map((name) => `assets/${name}`)
  .filter((name) => readFileSync(join(DIST, name), "utf8").includes("nav.monitors"));
scripts.add(texts.sort((a, b) => size(b) - size(a))[0]);
const styles = named(/<link rel="stylesheet"[^>]+href="([^"]+)"/g);
const total = (names) => [...names].reduce((sum, name) => sum + size(name), 0) / 1000;
for (const name of [...scripts, ...styles]) console.log(`${(size(name) / 1000).toFixed(1).padStart(7)} KB  ${name}`);
const script = total(scripts);
console.log(`first load: ${script.toFixed(1)} KB JavaScript (budget ${BUDGET_KB}), ${total(styles).toFixed(1)} KB CSS`);
if (script > BUDGET_KB) {
  console.error("above the budget");
  process.exit(1);
}
