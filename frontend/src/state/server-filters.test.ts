import { describe, expect, it } from "vitest";
import type { ServerRow } from "../wire/server-types.ts";
import {
  arranged, byName, byTag, isLive, queryOfView, viewFromQuery, type Order, type State, type View,
} from "./server-filters.ts";

const row = (name: string, given: Partial<ServerRow> = {}): ServerRow =>
  ({
    uuid: name, name, status: "online", alerts: [], cpu: null, temperature: null, lastSeen: 0, ...given,
  }) as unknown as ServerRow;

const rows = new Map(
  [
    row("web-10", { cpu: 80, lastSeen: 50, operatingSystem: "Debian" }),
    row("web-2", { status: "offline", lastSeen: 10, cpu: 99 }),
    row("web-3", { maintenance: true, status: "offline", lastSeen: 60 }),
    row("db", { cpu: 20, alerts: ["cpu"], lastSeen: 90, operatingSystem: "Alpine Linux" }),
  ].map((one) => [one.uuid, one]),
);
const view = (given: Partial<View>): View => ({ text: "", states: [], order: "name", ...given });
const names = (given: Partial<View>) => arranged(rows, byName(rows), view(given));

describe("the view of servers", () => {
  it.each<[Order, string[]]>([
    ["name", ["db", "web-2", "web-3", "web-10"]],
    ["trouble", ["web-2", "db", "web-3", "web-10"]],
    ["cpu", ["web-10", "db", "web-2", "web-3"]],
    ["seen", ["web-2", "web-10", "web-3", "db"]],
  ])("orders by %s, and equals by name", (order, expected) => expect(names({ order })).toEqual(expected));

  it("finds every word in the name or the system", () => {
    expect(names({ text: "alpine db" })).toEqual(["db"]);
    expect(names({ text: "alpine web" })).toEqual([]);
  });

  it.each<[State[], string[]]>([
    [["down"], ["web-2"]],
    [["pending", "down"], ["db", "web-2"]],
    [["maintenance"], ["web-3"]],
    [["up"], ["web-10"]],
  ])("shows only %s", (states, expected) => expect(names({ states })).toEqual(expected));

  it("turns an order round, and keeps what it cannot compare at one end", () => {
    expect(names({ order: "cpu", reversed: true })).toEqual(["web-3", "web-2", "db", "web-10"]);
    expect(names({ order: "temperature" })).toEqual(["db", "web-10", "web-2", "web-3"]);
  });

  it("finds tags, and puts servers under each of theirs", () => {
    const tags = (one: ServerRow) => ({ db: ["shop", "prod"], "web-2": ["prod"] })[one.name] ?? [];
    expect(arranged(rows, byName(rows), view({ text: "prod" }), tags)).toEqual(["db", "web-2"]);
    expect(byTag(rows, byName(rows), tags)).toEqual([
      { tag: "prod", uuids: ["db", "web-2"] },
      { tag: "shop", uuids: ["db"] },
      { tag: null, uuids: ["web-3", "web-10"] },
    ]);
  });

  it("passes over a name whose row is gone", () => {
    expect(arranged(rows, ["db", "gone"], view({}))).toEqual(["db"]);
  });

  it("lives in the address, beside what else is there", () => {
    const given = view({ text: "web", states: ["down", "pending"], order: "cpu", reversed: true, grouped: true });
    const query = queryOfView(given, { q: "monitors" });
    expect(query).toEqual({ q: "monitors", find: "web", state: "down,pending", order: "cpu", turned: "1", group: "tag" });
    expect(viewFromQuery(query as Record<string, string>)).toEqual(given);
    expect(viewFromQuery({ state: "up,else", order: "else" })).toEqual(view({ states: ["up"] }));
    expect(queryOfView(view({ text: " " }), { find: "old" }).find).toBeUndefined();
  });

  it("follows figures only when they decide", () => {
    expect([{ text: "web" }, { order: "cpu" as const }, { states: ["up" as const] }].map((one) => isLive(view(one))))
      .toEqual([false, true, true]);
  });
});
