/** Fills what a language lacks with the English text, so that an unfinished one can be built and read. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const LANGUAGE = /\/src\/words\/([\w-]+)\.json$/;

export function completeWords(): Plugin {
  return {
    name: "complete-words",
    enforce: "pre",
    load(id) {
      if (!LANGUAGE.test(id) || id.endsWith("/en.json")) return null;
      const english = join(dirname(id), "en.json");
      this.addWatchFile(english);
      const read = (path: string): object => JSON.parse(readFileSync(path, "utf8")) as object;
      return JSON.stringify({ ...read(english), ...read(id) });
    },
  };
}
