import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readNews } from "./news.ts";

test("versions, their parts and what is in them", () => {
  const text = "# Changelog\n\nSaid [once](https://a.example).\n\n## 2.0\n\n### Added\n\n- One `code`,\n  and **more**.\n- Two\n\n"
    + "### Fixed\n\n- Three\n\n## 1.0\n";
  expect(readNews(text)).toEqual([
    {
      name: "2.0",
      parts: [
        { title: "Added", items: [[["One ", false], ["code", true], [", and more.", false]], [["Two", false]]] },
        { title: "Fixed", items: [[["Three", false]]] },
      ],
    },
    { name: "1.0", parts: [] },
  ]);
});

test("that of this program is read whole", () => {
  const text = readFileSync(join(process.cwd(), "../CHANGELOG.md"), "utf8");
  const items = readNews(text).flatMap(({ parts }) => parts.flatMap((part) => part.items));
  expect(items).toHaveLength(text.match(/^- /gm)?.length ?? 0);
});
