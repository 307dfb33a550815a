import { describe, expect, it } from "vitest";
import { noFilters } from "./monitor-filters.ts";
import { Finder, type Found } from "./monitor-search.ts";
import { assignRanks } from "./monitor-tree.ts";
import type { MonitorRow } from "./monitors.ts";
import { family, rowsOf } from "./test-rows.ts";

const idsOf = (all: readonly MonitorRow[], found: Found | null) => found?.matches.map((rank) => all[rank]?.id);

describe("find", () => {
  it("does not count groups that are only shown for their members", () => {
    const rows = family();
    const all = assignRanks(rows);
    const found = new Finder(rows, all).find({ ...noFilters(), text: "deep" });
    expect(idsOf(all, found)).toEqual([5]);
    expect(all.filter(({ rank }) => found?.shown[rank]).map(({ id }) => id).sort()).toEqual([1, 4, 5]);
    expect(new Finder(rows, all).find(noFilters())).toBeNull();
  });

  it("wants every word, in any order", () => {
    const rows = family();
    const all = assignRanks(rows);
    const finder = new Finder(rows, all);
    const ids = (text: string) => idsOf(all, finder.find({ ...noFilters(), text }));
    expect(ids("9 web")).toEqual([3]);
    expect(ids(" web  WEB ")).toEqual([3, 2]);
    expect(ids("web deep")).toEqual([]);
    expect(ids(Array(300).fill("deep").join(" "))).toEqual([5]);
  });

  it("gives the same object while the same is found", () => {
    const rows = family();
    const finder = new Finder(rows, assignRanks(rows));
    const found = finder.find({ ...noFilters(), text: "dee" });
    expect(finder.find({ ...noFilters(), text: "deep" })).toBe(found);
    expect(finder.find({ ...noFilters(), text: "web" })).not.toBe(found);
  });

  it("finds what lies in one text, and nothing across two", () => {
    let state = 5; // the same examples each time
    const random = () => (state = (state * 1664525 + 1013904223) % 2 ** 32) / 2 ** 32;
    const letters = (count: number) => Array.from({ length: count }, () => "ab \n"[Math.floor(random() * 4)]).join("");
    for (let round = 0; round < 200; round += 1) {
      const rows = rowsOf(...Array.from({ length: 8 }, (_, index) => ({ id: index + 1, name: letters(index % 5) })));
      const all = assignRanks(rows);
      const text = letters(4);
      const words = text.split(/\s+/).filter(Boolean);
      const wanted = all.filter((row) => words.every((word) => row.name.includes(word))).map(({ id }) => id);
      const found = new Finder(rows, all).find({ ...noFilters(), text });
      expect(found === null ? [] : idsOf(all, found)).toEqual(words.length ? wanted : []);
    }
  });

  it("widens by values of one tag, and narrows by several tags", () => {
    const rows = rowsOf(
      { id: 1, tags: [["env", "prod", "#000"], ["team", "a", "#000"]] },
      { id: 2, tags: [["env", "test", "#000"], ["team", "a", "#000"]] },
      { id: 3, tags: [["env", "prod", "#000"]] },
      { id: 4, tags: [["team", "", "#000"]] },
    );
    const all = assignRanks(rows);
    const ids = (...tags: string[]) => idsOf(all, new Finder(rows, all).find({ ...noFilters(), tags }));
    expect(ids("env")).toEqual([1, 2, 3]);
    expect(ids("env: prod")).toEqual([1, 3]);
    expect(ids("env: prod", "env: test")).toEqual([1, 2, 3]);
    expect(ids("env: prod", "team")).toEqual([1]);
    expect(ids("env", "team: b")).toEqual([]);
  });
});
