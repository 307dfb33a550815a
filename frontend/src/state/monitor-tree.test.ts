import { describe, expect, it } from "vitest";
import { noFilters, SORTS, type Filters } from "./monitor-filters.ts";
import { Finder } from "./monitor-search.ts";
import type { MonitorRow } from "./monitors.ts";
import { family, rowsOf } from "./test-rows.ts";
import { assignRanks, childrenOf, flatten, OpenLines, ordered, ORDERS } from "./monitor-tree.ts";

const MOST_LOOKS = 40 * 10_000; // what ordering them takes, with some to spare

const none: ReadonlySet<number> = new Set();

function lines(rows: Map<number, MonitorRow>, filters: Partial<Filters> = {}, closed = none): string[] {
  const inOrder = assignRanks(rows);
  const all = { ...noFilters(), ...filters };
  return flatten(childrenOf(rows, inOrder), new Finder(rows, inOrder).find(all), all.sort, closed).map(
    ({ id, depth, open }) => `${"  ".repeat(depth)}${rows.get(id)?.name ?? ""}${open ? " v" : ""}`,
  );
}

describe("flatten", () => {
  it("orders by name as people count, groups opened", () => {
    expect(lines(family())).toEqual(["alone", "Zoo v", "  inner v", "    deep", "  web 9", "  web 10"]);
  });

  it("puts a higher weight first", () => {
    expect(lines(rowsOf({ id: 1, name: "a" }, { id: 2, name: "b", weight: 3000 }))).toEqual(["b", "a"]);
  });

  it("puts what is paused last, whatever the order", () => {
    const rows = rowsOf(
      { id: 1, name: "a", active: false, weight: 9000, uptime24: 0, ping: 9, status: 0 },
      { id: 2, name: "b", uptime24: 1, ping: 1 },
    );
    for (const sort of ["name", "status", "uptime", "response"] as const) expect(lines(rows, { sort })).toEqual(["b", "a"]);
  });

  it("leaves out what lies in closed groups", () => {
    expect(lines(family(), {}, new Set([4]))).toEqual(["alone", "Zoo v", "  inner", "  web 9", "  web 10"]);
    expect(lines(family(), {}, new Set([1]))).toEqual(["alone", "Zoo"]);
  });

  it("shows the groups of what matches, opened whatever was closed", () => {
    expect(lines(family(), { text: "DEEP" }, new Set([1, 4]))).toEqual(["Zoo v", "  inner v", "    deep"]);
  });

  it.each([
    [{ text: "prod eu" }, ["Zoo v", "  inner v", "    deep"]],
    [{ statuses: ["down"] }, ["Zoo v", "  web 9"]],
    [{ types: ["ping"] }, ["alone"]],
    [{ tags: ["prod"] }, ["Zoo v", "  inner v", "    deep"]],
    [{ text: "web", statuses: ["up"] }, ["Zoo v", "  web 10"]],
    [{ text: "nothing like it" }, []],
  ] as [Partial<Filters>, string[]][])("filters by %j", (filters, expected) => {
    expect(lines(family(), filters)).toEqual(expected);
  });

  it("puts trouble first when asked", () => {
    expect(lines(rowsOf({ id: 1, name: "a" }, { id: 2, name: "b", status: 2 }, { id: 3, name: "c", status: 0 }), {
      sort: "status",
    })).toEqual(["c", "b", "a"]);
    const statuses = [1, 0, 3, null, 2, 1, 0, 4] as const;
    const all = [...rowsOf(...statuses.map((status, id) => ({ id: id + 1, name: `${id}`, status }))).values()];
    all.forEach((row, rank) => (row.rank = rank));
    expect(ordered(all, "status")).toEqual([...all].sort(ORDERS.status));
  });

  it("orders by lowest uptime and slowest response, unknown ones last", () => {
    const rows = rowsOf(
      { id: 1, name: "a", uptime24: 1, ping: 5 },
      { id: 2, name: "b" },
      { id: 3, name: "c", uptime24: 0.2, ping: 900 },
    );
    expect(lines(rows, { sort: "uptime" })).toEqual(["c", "a", "b"]);
    expect(lines(rows, { sort: "response" })).toEqual(["c", "a", "b"]);
  });

  it("flattens ten thousand rows by rank without comparing everything with everything", () => {
    const named = (_: unknown, id: number) => ({ id: id + 1, name: `host ${(id * 7919) % 10_000}` });
    const rows = rowsOf(...Array.from({ length: 10_000 }, named));
    const children = childrenOf(rows, assignRanks(rows));
    let looks = 0; // at ranks: comparing everything would be a hundred million
    for (const row of rows.values()) {
      const { rank } = row;
      Object.defineProperty(row, "rank", { get: () => (looks += 1) && rank });
    }
    expect(flatten(children, null, "name", none)).toHaveLength(10_000);
    expect(looks).toBeLessThan(MOST_LOOKS);
  });
});

describe("lines that are all open", () => {
  it.each(["DEEP", "web", "e", "nothing like it"])("leave of %j what a walk through the tree leaves", (text) => {
    const rows = family();
    const all = assignRanks(rows);
    const children = childrenOf(rows, all);
    const found = new Finder(rows, all).find({ ...noFilters(), text });
    if (!found) throw new Error("nothing was filtered");
    for (const sort of SORTS) {
      expect(new OpenLines(children, sort).of(found)).toEqual(flatten(children, found, sort, new Set([1, 4])));
    }
  });

  it("keep the line of a row from one search to the next", () => {
    const rows = family();
    const all = assignRanks(rows);
    const open = new OpenLines(childrenOf(rows, all), "status");
    const lineOf = (text: string) => {
      const found = new Finder(rows, all).find({ ...noFilters(), text });
      return found && open.of(found).find(({ id }) => id === 5);
    };
    expect(lineOf("deep")).toBeDefined();
    expect(lineOf("deep")).toBe(lineOf("dee"));
  });
});

describe("childrenOf", () => {
  it("shows rows whose parent is missing, or that are their own ancestors, at the top", () => {
    const rows = rowsOf({ id: 1, parent: 9 }, { id: 2, parent: 3 }, { id: 3, parent: 2 }, { id: 4, parent: 4 });
    expect(childrenOf(rows).get(null)?.map(({ id }) => id).sort()).toEqual([1, 2, 3, 4]);
  });
});
