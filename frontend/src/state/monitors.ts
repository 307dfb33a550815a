/**
 * Every monitor of the summary, in plain objects outside Vue's deep reactivity: ten thousand rows and their live
 * beats cost a map look-up each. Views follow four counters:
 *
 *   structure  a row came, went, or changed a name, parent, type, tag: trees and orders are stale
 *   statuses   at least one status changed: counts, and lists ordered or filtered by status
 *   edits      rows came from the server anew: any of them may look different
 *   live       any beat: what is on the screen is drawn again (rows carry `revision` to tell which)
 */
import { shallowRef } from "vue";
import type { LiveBeat, StatusCode, SummaryAck, Tag } from "../wire/types.ts";
import type { Status } from "../words/status.ts";

export interface MonitorRow {
  id: number;
  name: string;
  type: string;
  parent: number | null;
  active: boolean;
  forceInactive: boolean;
  maintenance: boolean;
  status: StatusCode | typeof UNCHECKED | null;
  time: number | null;
  since: number | null; // of its latest change of state
  ping: number | null;
  uptime24: number | null;
  msg: string;
  weight: number;
  tags: Tag[];
  rank: number; // place in the order by weight and name, set by `assignRanks`
  text: string; // what a search looks at, in lower case
  revision: number;
}

export const STATUS_OF_CODE = ["down", "up", "pending", "maintenance"] as const satisfies Record<StatusCode, Status>;
export const UNCHECKED = 4; // stands for a status in rows of monitors that are not checked at all; `msg` says why

const PENDING = 2;
/** What is said of a group without members, and of a manual monitor before somebody says how it is: no trouble. */
const IDLE: ReadonlySet<string> = new Set(["Group empty", "Manual monitoring - No status set"]);

/** What a row shows: a paused monitor's last status is history. */
export function statusOf(row: MonitorRow): Status {
  if (!row.active) return "paused";
  if (row.status === UNCHECKED) return "unchecked";
  if (row.maintenance) return "maintenance";
  if (row.status === PENDING && IDLE.has(row.msg)) return "unknown";
  return row.status === null ? "unknown" : (STATUS_OF_CODE[row.status] ?? "unknown");
}

export type Counts = Record<Status, number>;

export const noCounts = (): Counts => ({ down: 0, up: 0, pending: 0, maintenance: 0, paused: 0, unchecked: 0, unknown: 0 });

/** A change of what a row shows, for announcements. */
export interface Change {
  row: MonitorRow;
  from: Status;
  to: Status;
}

const STRUCTURAL = ["name", "type", "parent", "active", "forceInactive", "weight"] as const;

export class MonitorStore {
  readonly rows = new Map<number, MonitorRow>();
  readonly structure = shallowRef(0);
  readonly statuses = shallowRef(0);
  readonly edits = shallowRef(0);
  readonly live = shallowRef(0);
  readonly loaded = shallowRef(false);
  counts: Counts = noCounts();
  private places: Partial<Record<keyof MonitorRow, number>> = {}; // of the columns in a row

  /** Replace everything by a fresh summary, keeping the objects of rows that are still there. */
  load(summary: SummaryAck): void {
    this.places = Object.fromEntries(summary.columns.map((column, place) => [column, place]));
    const gone = new Set(this.rows.keys());
    for (const values of summary.rows) {
      const row = this.read(values);
      gone.delete(row.id);
      this.put(row);
    }
    for (const id of gone) this.drop(id);
    this.loaded.value = true;
    this.edits.value += 1;
    this.bump(true, true);
  }

  /** Rows that were added or changed, and ids that are gone. */
  change(rows: unknown[][], deleted: number[]): void {
    let structural = deleted.length > 0;
    for (const values of rows) structural = this.put(this.read(values)) || structural;
    for (const id of deleted) this.drop(id);
    this.edits.value += 1;
    this.bump(structural, true);
  }

  /** A batch of live beats. Returns what changed its look, in order. */
  beat(batch: readonly LiveBeat[]): Change[] {
    const changes: Change[] = [];
    for (const [id, time, status, ping, msg, important, uptime24] of batch) {
      const row = this.rows.get(id);
      if (!row || (row.time !== null && time < row.time)) continue;
      const from = statusOf(row);
      row.status = status;
      row.time = time;
      if (important) row.since = time;
      row.ping = ping;
      if (msg !== null) row.msg = msg;
      if (uptime24 !== null) row.uptime24 = uptime24;
      row.revision += 1;
      const to = statusOf(row);
      if (to === from) continue;
      this.counts[from] -= 1;
      this.counts[to] += 1;
      changes.push({ row, from, to });
    }
    this.bump(false, changes.length > 0);
    return changes;
  }

  clear(): void {
    this.rows.clear();
    this.counts = noCounts();
    this.loaded.value = false;
    this.edits.value += 1;
    this.bump(true, true);
  }

  private bump(structural: boolean, statuses: boolean): void {
    if (structural) this.structure.value += 1;
    if (statuses) this.statuses.value += 1;
    this.live.value += 1;
  }

  /** Written out: a loop over the columns takes five times as long, and ten thousand rows come at once. */
  private read(values: unknown[]): MonitorRow {
    const at = this.places;
    const of = <K extends keyof MonitorRow>(key: K) => values[at[key] ?? -1] as MonitorRow[K] | undefined;
    const name = of("name") ?? "";
    const tags = of("tags") ?? [];
    const words = tags.length ? [name, ...tags.flatMap(([tag, value]) => [tag, value])].join(" ") : name;
    return {
      id: of("id") ?? 0,
      name,
      type: of("type") ?? "",
      parent: of("parent") ?? null,
      active: Boolean(of("active")),
      forceInactive: Boolean(of("forceInactive")),
      maintenance: Boolean(of("maintenance")),
      status: of("status") ?? null,
      time: of("time") ?? null,
      since: of("since") ?? null,
      ping: of("ping") ?? null,
      uptime24: of("uptime24") ?? null,
      msg: of("msg") ?? "",
      weight: of("weight") ?? 0,
      tags,
      rank: 0,
      text: words.toLowerCase(),
      revision: 0,
    };
  }

  /** True when the tree or an order may have changed. */
  private put(fresh: MonitorRow): boolean {
    const old = this.rows.get(fresh.id);
    if (!old) {
      this.rows.set(fresh.id, fresh);
      this.counts[statusOf(fresh)] += 1;
      return true;
    }
    const structural =
      STRUCTURAL.some((key) => old[key] !== fresh[key]) || JSON.stringify(old.tags) !== JSON.stringify(fresh.tags);
    this.counts[statusOf(old)] -= 1;
    Object.assign(old, fresh, { rank: old.rank, revision: old.revision + 1 });
    this.counts[statusOf(old)] += 1;
    return structural;
  }

  private drop(id: number): void {
    const row = this.rows.get(id);
    if (!row) return;
    this.counts[statusOf(row)] -= 1;
    this.rows.delete(id);
  }
}

export const monitors = new MonitorStore();
