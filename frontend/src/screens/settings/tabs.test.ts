import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RIGHTS } from "../../state/rights.ts";
import en from "../../words/en.json";
import { tabs } from "./tabs.ts";

const LOAD_MS = 60_000; // the first time, a tab is compiled, on a machine that may be busy
const FOLDER = join(process.cwd(), "src/screens/settings");

describe("the tabs of the settings", () => {
  it("are one in each folder, called like it", () => {
    const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(tabs.map(({ name }) => name).sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  it("have an order of their own, words and a right", () => {
    expect(new Set(tabs.map(({ order }) => order)).size).toBe(tabs.length);
    expect(tabs.filter(({ label }) => !(label in en))).toEqual([]);
    expect(tabs.filter(({ right }) => !RIGHTS.includes(right))).toEqual([]);
  });

  it.each(tabs.map(({ name, component }) => [name, component] as const))(
    "load: %s", async (_name, component) => expect(await component()).toHaveProperty("default"), LOAD_MS,
  );
});
