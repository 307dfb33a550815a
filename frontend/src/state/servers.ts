/**
 * Every server of the summary, in plain objects; views follow `version`. Asked for when the first screen about
 * servers opens, kept up to date by pushed changes from then on.
 */
import { shallowRef, watch } from "vue";
import { onRefresh } from "../app/live.ts";
import type { ServerRow } from "../wire/server-types.ts";
import { stage } from "../wire/session.ts";
import { call, onPush } from "../wire/socket.ts";
import type { SummaryAck } from "../wire/types.ts";
import type { Shown } from "./monitors.ts";

export const SPARK_MS = 3_600_000;
const SPARKS_AT_ONCE = 100; // as many as the server answers
const MOST_POINTS = 400; // of one sparkline; more than it has pixels

export type SparkPoint = [time: number, value: number];

export interface ServerChanges {
  rows: unknown[][];
  deleted: string[];
}

/** What a row's mark says: silence is worse than a threshold. */
export function shownOf(row: ServerRow): Shown {
  if (row.maintenance) return "maintenance";
  if (row.status === "offline") return "down";
  return row.alerts.length ? "pending" : "up";
}

export class ServerStore {
  readonly rows = new Map<string, ServerRow>();
  readonly sparks = new Map<string, SparkPoint[]>();
  readonly version = shallowRef(0);
  readonly loaded = shallowRef(false);
  readonly problem = shallowRef("");
  private columns: string[] = [];

  load(summary: SummaryAck): void {
    this.columns = summary.columns;
    const found = summary.rows.map((values) => this.read(values));
    this.rows.clear();
    for (const row of found) this.rows.set(row.uuid, row);
    for (const uuid of this.sparks.keys()) if (!this.rows.has(uuid)) this.sparks.delete(uuid);
    this.loaded.value = true;
    this.problem.value = "";
    this.version.value += 1;
  }

  change({ rows, deleted }: ServerChanges): void {
    if (!this.loaded.value) return;
    for (const values of rows) {
      const row = this.read(values);
      this.rows.set(row.uuid, row);
      this.append(row);
    }
    for (const uuid of deleted) {
      this.rows.delete(uuid);
      this.sparks.delete(uuid);
    }
    this.version.value += 1;
  }

  takeSparks(sparks: Record<string, { cpu?: SparkPoint[] }>): void {
    for (const [uuid, { cpu }] of Object.entries(sparks)) this.sparks.set(uuid, [...(cpu ?? [])]);
    this.version.value += 1;
  }

  clear(): void {
    this.rows.clear();
    this.sparks.clear();
    this.loaded.value = false;
    this.version.value += 1;
  }

  private append(row: ServerRow): void {
    if (row.cpu === null) return;
    const points = this.sparks.get(row.uuid) ?? [];
    if (row.lastSeen <= (points.at(-1)?.[0] ?? 0)) return;
    points.push([row.lastSeen, row.cpu]);
    const oldest = row.lastSeen - SPARK_MS;
    this.sparks.set(row.uuid, points.filter(([time]) => time >= oldest).slice(-MOST_POINTS));
  }

  private read(values: unknown[]): ServerRow {
    const row: Record<string, unknown> = {};
    this.columns.forEach((column, index) => (row[column] = values[index]));
    return row as unknown as ServerRow;
  }
}

export const servers = new ServerStore();

let followed = false;

async function readSummary(): Promise<void> {
  try {
    servers.load(await call<SummaryAck>("serversSummary"));
    const all = [...servers.rows.keys()];
    for (let from = 0; from < all.length; from += SPARKS_AT_ONCE) {
      const keys = all.slice(from, from + SPARKS_AT_ONCE);
      servers.takeSparks((await call<{ sparks: Record<string, { cpu?: SparkPoint[] }> }>("serverSparks", keys)).sparks);
    }
  } catch (error) {
    if (!servers.loaded.value) servers.problem.value = (error as Error).message;
  }
}

/** From the first screen that needs them on. */
export function followServers(): void {
  if (followed) {
    if (!servers.loaded.value) void readSummary();
    return;
  }
  followed = true;
  onPush<ServerChanges>("serverChanges", (changes) => servers.change(changes));
  onRefresh(() => void readSummary());
  watch(stage, (now) => {
    if (now === "login") servers.clear();
    else if (now === "ready" && !servers.loaded.value) void readSummary();
  });
  void readSummary();
}
