import { describe, expect, it } from "vitest";
import type { ServerAck } from "../../../wire/server-types.ts";
import { tablesOf } from "./tables.ts";

const data = (given: Partial<ServerAck>, metrics: Record<string, number> = {}): ServerAck =>
  ({
    server: { last_metrics: { metrics } },
    diskTotal: null, processes: [], containers: [], interfaces: [], gpus: [], ...given,
  }) as unknown as ServerAck;
const rowsOf = (ack: ServerAck) =>
  tablesOf(ack).map(({ key, rows }) => [key, rows.map(({ name, note, cells }) => [name, note, ...cells])]);

describe("the tables of a server", () => {
  it("are only those that the agent fills", () => {
    expect(tablesOf(data({}))).toEqual([]);
    expect(tablesOf(data({ server: { last_metrics: {} } as never }))).toEqual([]);
  });

  it("say what containers and processes are", () => {
    const box = { name: "web", image: "nginx:1", status: "Up 2 days", cpu: 12.5, memory: 2e9 };
    const old = { name: null, cpu: null, memory: null };
    expect(rowsOf(data({ containers: [box, old], processes: [{ name: "sh", pid: 7, cpu: 0, memory: 1000 }] }))).toEqual([
      ["containers", [["web", "nginx:1 · Up 2 days", "13%", "2 GB"], ["–", "", "–", "–"]]],
      ["processes", [["sh", "7", "0%", "1 kB"]]],
    ]);
  });

  it("have every disk and sensor of its own, and no disk that is the only one", () => {
    const metrics = {
      disk_used_b: 5e9, "disk_used_b[/home]": 9e9, "disk_total_b[/home]": 1e10, "temperature_c[cpu]": 51.4,
    };
    expect(rowsOf(data({ diskTotal: 1e10 }, metrics))).toEqual([
      ["disks", [["system", "", "50%", "5 GB", "5 GB", "10 GB"], ["/home", "", "90%", "9 GB", "1 GB", "10 GB"]]],
      ["sensors", [["cpu", "", "51 °C"]]],
    ]);
    expect(tablesOf(data({ diskTotal: 1e10 }, { disk_used_b: 5e9 }))).toEqual([]);
  });

  it("have interfaces and graphics processors, with what is unknown left open", () => {
    const gpu = { name: "L4", load: 78, memory: 9e9, memory_total: 24e9, temperature: null };
    expect(rowsOf(data({ interfaces: [{ name: "eth0", received: 1200, sent: null }], gpus: [gpu] }))).toEqual([
      ["interfaces", [["eth0", "", "1.2 kB/s", "–"]]],
      ["gpus", [["L4", "", "78%", "9 GB of 24 GB", "–"]]],
    ]);
  });
});
