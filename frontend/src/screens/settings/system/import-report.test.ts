import { afterEach, expect, test, vi } from "vitest";
import type { ImportReport } from "./import-report.ts";

const report: ImportReport = {
  taken: [{ what: "monitors", count: 1234 }],
  remarks: [],
  left: [{
    why: "its configuration cannot be read",
    what: [
      { key: "notification “{name}”", arguments: { name: "hook" } },
      { key: "{what}: id {id}", arguments: { what: "tags on monitors", id: "1234" } },
    ],
    more: 2,
  }],
};

async function linesIn(language: "en" | "de", about: ImportReport) {
  vi.resetModules();
  await (await import("../../../words/index.ts")).loadWords(language);
  await (await import("../../../words/server.ts")).loadSentences();
  return (await import("./import-report.ts")).linesOf(about);
}

afterEach(() => vi.resetModules());

test("English is filled as it came", async () => {
  expect(await linesIn("en", report)).toEqual([
    { title: "Taken over", lines: ["monitors: 1,234"] },
    {
      title: "Not taken",
      lines: ["notification “hook”, tags on monitors: id 1234 and 2 more: its configuration cannot be read"],
    },
  ]);
});

test("every part of a line is said in the language of the reader", async () => {
  expect(await linesIn("de", report)).toEqual([
    { title: "Übernommen", lines: ["Monitore: 1.234"] },
    {
      title: "Nicht übernommen",
      lines: [
        "Benachrichtigung „hook“, Tags an Monitoren: ID 1234 und 2 weitere: die Konfiguration kann nicht gelesen werden",
      ],
    },
  ]);
});

test("nothing left is said", async () => {
  expect((await linesIn("en", { ...report, left: [] })).at(-1)).toEqual(
    { title: "Not taken", lines: ["Nothing was left behind."] });
});
