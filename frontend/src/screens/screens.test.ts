import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { RIGHTS, rights } from "../state/rights.ts";
import { ICONS } from "../ui/icons.ts";
import en from "../words/en.json";
import type { Place } from "./declaration.ts";
import { bindings, navigationAt, screens, stageScreens } from "./registry.ts";

const PLACES: readonly Place[] = ["bar", "action", "menu", "bottom"];
const LOAD_MS = 60_000; // the first time, a screen is compiled, on a machine that may be busy
const FRAME_KEYS = ["/", "j", "k", "?", "Enter", "Escape"];

const beside = readdirSync(join(process.cwd(), "src/screens"), { withFileTypes: true });
const folders = beside.filter((entry) => entry.isDirectory());
const routes = screens.flatMap((screen) => screen.routes);
const names = routes.map(({ name }) => name);
const entries = screens.flatMap(({ navigation = [] }) => navigation);
const keys = screens.flatMap((screen) => screen.keys ?? []);
const twice = <T>(items: readonly T[]): T[] => items.filter((item, index) => items.indexOf(item) !== index);

afterEach(() => {
  rights.value = new Set(RIGHTS);
});

describe("the screens", () => {
  it("are one in each folder", () => {
    expect(screens.length + stageScreens.length).toBe(folders.length);
  });

  it("have paths and names of their own", () => {
    expect(routes.length).toBeGreaterThan(8);
    expect(twice(routes.map(({ path }) => path))).toEqual([]);
    expect(twice(names)).toEqual([]);
    expect(twice(stageScreens.map(({ stage }) => stage))).toEqual([]);
    expect(routes.filter(({ path }) => !path.startsWith("/"))).toEqual([]);
  });

  it("name routes and rights that are there", () => {
    const named = [...routes.flatMap(({ under, back }) => [under, back]), ...entries.map(({ to }) => to.name)];
    expect(named.filter((name) => name !== undefined && !names.includes(name))).toEqual([]);
    const needed = [...screens, ...entries].flatMap(({ right }) => right ?? []);
    expect(needed.filter((right) => !RIGHTS.includes(right))).toEqual([]);
  });

  it("have words and icons for what they show", () => {
    const labels = [
      ...routes.flatMap(({ title }) => title ?? []), ...entries.map(({ label }) => label),
      ...keys.map(({ label }) => label),
    ];
    expect(labels.filter((label) => !(label in en))).toEqual([]);
    expect(entries.filter(({ icon }) => !(icon in ICONS))).toEqual([]);
  });

  it("bind keys of their own: none is another's, the frame's, or how another begins", () => {
    const bound = keys.map((key) => key.keys);
    expect(twice([...FRAME_KEYS, ...bound])).toEqual([]);
    expect(bound.filter((one) => !/^\S+( \S+)?$/.test(one))).toEqual([]);
    expect(bound.filter((one) => [...FRAME_KEYS, ...bound].some((other) => one.startsWith(`${other} `)))).toEqual([]);
    expect(twice(keys.map(({ order }) => order))).toEqual([]);
  });

  it.each([
    ...screens.map(({ routes: [route], component }) => [route?.name, component] as const),
    ...stageScreens.map(({ stage, component }) => [stage, component] as const),
  ])("load: %s", async (_name, component) => expect(await component()).toHaveProperty("default"), LOAD_MS);
});

describe("the navigation", () => {
  it("has something everywhere, each at a place of its own", () => {
    for (const place of PLACES) {
      const orders = navigationAt(place).map(({ at }) => at[place]);
      expect(orders.length).toBeGreaterThan(0);
      expect(twice(orders)).toEqual([]);
    }
  });

  it("is in the order that is declared, and so are the keys", () => {
    for (const place of PLACES) {
      const orders = navigationAt(place).map(({ at }) => at[place] ?? NaN);
      expect(orders).toEqual([...orders].sort((a, b) => a - b));
    }
    const orders = bindings().map(({ order }) => order);
    expect(orders).toEqual([...orders].sort((a, b) => a - b));
  });

  it("leaves out what there is no right to, and so do the keys", () => {
    const offered = () => [...PLACES.flatMap(navigationAt), ...bindings()];
    const all = offered().length;
    rights.value = new Set(["account"]);
    const left = PLACES.flatMap(navigationAt);
    expect(left.filter(({ right }) => right !== "account")).toEqual([]);
    expect(left.length).toBeGreaterThan(0);
    expect(offered().length).toBeLessThan(all);
    rights.value = new Set();
    expect(offered()).toEqual([]);
  });
});
