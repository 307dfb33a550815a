import { describe, expect, it } from "vitest";
import type { ServerRow } from "../../wire/server-types.ts";
import { ordered, type Order } from "./order.ts";

const row = (name: string, given: Partial<ServerRow> = {}): ServerRow =>
  ({ uuid: name, name, status: "online", alerts: [], cpu: null, lastSeen: 0, ...given }) as unknown as ServerRow;

const rows = [
  row("web-10", { cpu: 80, lastSeen: 50, operatingSystem: "Debian" }),
  row("web-2", { status: "offline", lastSeen: 10 }),
  row("db", { cpu: 20, alerts: ["cpu"], lastSeen: 90, operatingSystem: "Alpine Linux" }),
];
const names = (text: string, order: Order) => ordered(rows, text, order).map(({ name }) => name);

describe("ordered", () => {
  it.each<[Order, string[]]>([
    ["name", ["db", "web-2", "web-10"]],
    ["trouble", ["web-2", "db", "web-10"]],
    ["cpu", ["web-10", "db", "web-2"]],
    ["seen", ["web-2", "web-10", "db"]],
  ])("by %s", (order, expected) => expect(names("", order)).toEqual(expected));

  it("finds every word in the name or the system", () => {
    expect(names("alpine db", "name")).toEqual(["db"]);
    expect(names("alpine web", "name")).toEqual([]);
  });
});
