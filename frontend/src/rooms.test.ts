/** The page keeps its shape: imports point down, never up, never in a circle, never into another screen. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import ts from "typescript";

const SOURCE = join(process.cwd(), "src");

/** What each room may import, from the ground up: a room may only name those before it. */
const ROOMS: Record<string, readonly string[]> = {
  words: [],
  wire: ["words"],
  ui: ["words"],
  charts: ["words", "wire"],
  state: ["words", "wire"],
  forms: ["words", "wire", "ui", "state"],
  live: ["words", "wire", "ui", "state"],
  screens: ["words", "wire", "ui", "charts", "state", "forms", "live"],
  shell: ["words", "wire", "ui", "charts", "state", "live", "screens"],
  start: ["words", "wire", "ui", "state", "live", "screens", "shell"],
};
const AT_THE_ROOT = ["base.css", "tokens.css", "rooms.test.ts"];

const isCode = (path: string): boolean => /\.(ts|vue)$/.test(path) && path !== "rooms.test.ts";
const room = (path: string): string => path.split("/")[0] ?? "";
/** Which screen a file belongs to; null for what stands beside them and is open to all: how they are declared and found. */
const screenOf = (path: string): string | null => /^screens\/([^/]+)\//.exec(path)?.[1] ?? null;

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter(isCode).sort();

function scriptOf(path: string): string {
  const text = readFileSync(join(SOURCE, path), "utf8");
  if (!path.endsWith(".vue")) return text;
  return [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1] ?? "").join("\n");
}

/** Files that a script imports, for their types too and when it is needed, by their paths within the source. */
function importsOf(path: string, script: string): string[] {
  return ts
    .preProcessFile(script)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith("."))
    .map((name) => join(dirname(path), name));
}

const arrows = files.flatMap((from) => importsOf(from, scriptOf(from)).map((to) => ({ from, to })));
const written = (wrong: typeof arrows): string[] => wrong.map(({ from, to }) => `${from} → ${to}`);

describe("the rooms", () => {
  it("are all known, and stand on each other", () => {
    const found = readdirSync(SOURCE, { withFileTypes: true });
    expect(found.filter((entry) => entry.isDirectory()).map(({ name }) => name).sort()).toEqual(Object.keys(ROOMS).sort());
    expect(found.filter((entry) => !entry.isDirectory() && !AT_THE_ROOT.includes(entry.name))).toEqual([]);
    const order = Object.keys(ROOMS);
    for (const [above, below] of Object.entries(ROOMS)) {
      expect(below.filter((name) => !order.slice(0, order.indexOf(above)).includes(name))).toEqual([]);
    }
  });

  it("import what lies below them", () => {
    expect(arrows.length).toBeGreaterThan(500);
    const wrong = arrows.filter(({ from, to }) =>
      to.includes("/") && room(from) !== room(to) && !ROOMS[room(from)]?.includes(room(to)));
    expect(written(wrong)).toEqual([]);
  });

  it("have files that are there", () => {
    const known = new Set(readdirSync(SOURCE, { recursive: true, encoding: "utf8" }));
    expect(written(arrows.filter(({ to }) => !known.has(to)))).toEqual([]);
  });

  it("have no circles, not even of types", () => {
    const below = new Map<string, string[]>();
    for (const { from, to } of arrows) below.set(from, [...(below.get(from) ?? []), to]);
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, way: readonly string[]): void => {
      if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(" → "));
      if (done.has(file) || way.includes(file)) return;
      for (const next of below.get(file) ?? []) visit(next, [...way, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });
});

describe("the screens", () => {
  it("have a declaration each", () => {
    const all = new Set(files.flatMap((path) => screenOf(path) ?? []));
    expect(all.size).toBeGreaterThan(5);
    expect([...all].filter((name) => !files.includes(`screens/${name}/screen.ts`))).toEqual([]);
  });

  it("do not know each other's insides, and nobody else does", () => {
    const wrong = arrows.filter(({ from, to }) => screenOf(to) !== null && screenOf(from) !== screenOf(to));
    expect(written(wrong)).toEqual([]);
  });

  it("are looked for in their own folder alone", () => {
    const patterns = files.flatMap((path) =>
      [...scriptOf(path).matchAll(/import\.meta\.glob[^(]*\(\s*"([^"]+)"/g)].map((match) => match[1] ?? ""));
    expect(patterns.length).toBeGreaterThan(0);
    expect(patterns.filter((pattern) => !/^\.\/\*(\/|\.json$)/.test(pattern))).toEqual([]);
  });
});

it("sees imports of every kind", () => {
  const script = `
    import { a } from "../a.ts";
    import type { B } from "../b.ts";
    import "./c.css";
    import {
      d, type D,
    } from "./d.ts";
    export { e } from "./e.ts";
    const F = defineAsyncComponent(() => import("../f/F.vue"));
    // import { g } from "./g.ts";
    import { h } from "vue";
  `;
  expect(importsOf("screens/x/X.vue", script).sort()).toEqual(
    ["screens/a.ts", "screens/b.ts", "screens/f/F.vue", "screens/x/c.css", "screens/x/d.ts", "screens/x/e.ts"],
  );
});
