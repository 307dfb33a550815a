import { describe, expect, it } from "vitest";
import type { MonitorRow } from "../state/monitors.ts";
import { monitorOptions } from "./monitor-options.ts";

const row = (id: number, name: string, type: string, parent: number | null): [number, MonitorRow] =>
  [id, { id, name, type, parent } as MonitorRow];

describe("monitors to choose from", () => {
  it("are groups first, each with where it is", () => {
    const rows = new Map([
      row(1, "web", "http", 3), row(2, "alone", "ping", null), row(3, "inner", "group", 4), row(4, "outer", "group", null),
    ]);
    expect(monitorOptions(rows)).toEqual([
      { value: 3, label: "inner", description: "Group, with all in it · outer" },
      { value: 4, label: "outer", description: "Group, with all in it" },
      { value: 2, label: "alone" },
      { value: 1, label: "web", description: "outer / inner" },
    ]);
  });

  it("ends with groups that are in each other", () => {
    const rows = new Map([row(1, "a", "group", 2), row(2, "b", "group", 1)]);
    expect(monitorOptions(rows)).toHaveLength(2);
  });
});
