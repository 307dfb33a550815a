/**
 * Every server of the summary, in plain objects outside Vue's deep reactivity. A row that changed is a new object.
 * Views follow four counters:
 *
 *   structure  a server came, went, or changed what it is found and ordered by: its name, its system, its tags
 *   statuses   at least one came to say something else of itself: counts, and lists of trouble
 *   version    anything: what is on the screen is looked at again
 *   epoch      everything was read again: what is known beside the rows may have holes
 */
import { shallowRef } from "vue";
import type { ServerRow } from "../wire/server-types.ts";
import type { SummaryAck } from "../wire/types.ts";
import type { Status } from "../words/status.ts";
import { noCounts, type Counts } from "./monitors.ts";

export interface ServerChanges {
  rows: unknown[][];
  deleted: string[];
}

/** A row as it is now, and as it was; a server that is new has no past. */
export interface ServerChange {
  before: ServerRow | undefined;
  row: ServerRow;
}

/** What a row's mark says: silence is worse than a threshold. */
export function statusOf(row: ServerRow): Status {
  if (row.maintenance) return "maintenance";
  if (row.status === "offline") return "down";
  return row.alerts.length ? "pending" : "up";
}

const isMoved = (a: ServerRow, b: ServerRow): boolean =>
  a.name !== b.name || a.operatingSystem !== b.operatingSystem || String(a.tags) !== String(b.tags);
const saysElse = (a: ServerRow, b: ServerRow): boolean =>
  statusOf(a) !== statusOf(b) || a.alerts.join() !== b.alerts.join();

export class ServerStore {
  readonly rows = new Map<string, ServerRow>();
  readonly structure = shallowRef(0);
  readonly statuses = shallowRef(0);
  readonly version = shallowRef(0);
  readonly epoch = shallowRef(0);
  readonly loaded = shallowRef(false);
  readonly problem = shallowRef("");
  counts: Counts = noCounts();
  private columns: string[] = [];

  load(summary: SummaryAck): void {
    this.columns = summary.columns;
    this.forget();
    for (const values of summary.rows) {
      const row = this.read(values);
      this.rows.set(row.uuid, row);
      this.counts[statusOf(row)] += 1;
    }
    this.loaded.value = true;
    this.problem.value = "";
    this.renew();
  }

  /** A batch of changed rows. Returns what changed, in order. */
  change({ rows, deleted }: ServerChanges): ServerChange[] {
    if (!this.loaded.value) return [];
    const changes = rows.map((values) => this.put(this.read(values)));
    const gone = deleted.filter((uuid) => this.drop(uuid)).length > 0;
    const both = changes.filter(({ before }) => before) as { before: ServerRow; row: ServerRow }[];
    const came = both.length < changes.length;
    if (came || gone || both.some(({ before, row }) => isMoved(before, row))) this.structure.value += 1;
    if (came || gone || both.some(({ before, row }) => saysElse(before, row))) this.statuses.value += 1;
    this.version.value += 1;
    return changes;
  }

  clear(): void {
    this.forget();
    this.loaded.value = false;
    this.renew();
  }

  private forget(): void {
    this.rows.clear();
    this.counts = noCounts();
  }

  private renew(): void {
    for (const counter of [this.structure, this.statuses, this.version, this.epoch]) counter.value += 1;
  }

  private put(row: ServerRow): ServerChange {
    const before = this.rows.get(row.uuid);
    if (before) this.counts[statusOf(before)] -= 1;
    this.counts[statusOf(row)] += 1;
    this.rows.set(row.uuid, row);
    return { before, row };
  }

  private drop(uuid: string): boolean {
    const row = this.rows.get(uuid);
    if (row) this.counts[statusOf(row)] -= 1;
    return this.rows.delete(uuid);
  }

  private read(values: unknown[]): ServerRow {
    const row: Record<string, unknown> = {};
    this.columns.forEach((column, index) => (row[column] = values[index]));
    return row as unknown as ServerRow;
  }
}

export const servers = new ServerStore();
