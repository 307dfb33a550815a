import { expect, it } from "vitest";
import type { PageChanges } from "../../wire/status-page-types.ts";
import { changesOf } from "./version-words.ts";

const nothing: PageChanges = {
  settings: [], groups: { added: [], removed: [], renamed: [] }, monitors: { added: [], removed: [] },
  moved: false, options: false, logo: false, servers: false,
};

it("says what a save changed", () => {
  expect(changesOf(nothing, String)).toEqual([]);
  const changes: PageChanges = {
    ...nothing,
    settings: [
      { name: "title", from: "Shop", to: "x".repeat(500) }, { name: "customCSS" },
      { name: "published", from: true, to: false },
    ],
    groups: { added: ["Post"], removed: [], renamed: [["A", "B"]] },
    monitors: { added: [7], removed: [] },
    logo: true,
  };
  expect(changesOf(changes, (id) => `monitor ${id}`)).toEqual([
    `Title: Shop → ${"x".repeat(80)}….`,
    "Published: yes → no.",
    "Changed: Custom CSS.",
    "New groups: Post.",
    "Group A is called B.",
    "New monitors: monitor 7.",
    "Another logo.",
  ]);
});
