import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { firstFiles, firstKeys, namesOf } from "./words.ts";
import en from "../src/words/en.json";

const SOURCE = join(process.cwd(), "src");
const keys = Object.keys(en);

describe("the texts of the first screens", () => {
  const first = firstKeys(SOURCE);

  it("are those of every file that is loaded with them, found eagerly or by an import", () => {
    const files = firstFiles(SOURCE);
    for (const name of ["shell/Shell.vue", "shell/list/ListRow.vue", "screens/status-pages/screen.ts", "words/format.ts"]) {
      expect(files).toContain(join(SOURCE, name));
    }
    expect([...files].filter((file) => /status-pages\/.*\.vue$|palette|\.test\./.test(file))).toEqual([]);
  });

  it("are there as a whole key, and as all that begin as a key that is put together", () => {
    const shown = ["nav.monitors", "login.title", "status.down", "status.unchecked", "server.notConnected", "type.http"];
    expect(shown.filter((key) => !first.has(key))).toEqual([]);
  });

  it("are few beside all others", () => {
    expect(first.size).toBeLessThan(keys.length / 3);
    expect(first.has("pages.addGroup")).toBe(false);
  });

  it("are told from a script", () => {
    expect(namesOf('t("pages.done") + t(`pages.side.${side}`) + "pages.edits"', keys))
      .toEqual(["pages.done", "pages.side.page", "pages.side.settings"]);
  });
});
