/** The last hour of servers that were looked at, continued by what they report. */
import type { ServerRow } from "../wire/server-types.ts";
import { BatchCache } from "./batch-cache.ts";

export const SPARK_MS = 3_600_000;
const ASK_AT_ONCE = 100; // what the server answers in one go
const KEEP_SERVERS = 300; // some 15 screens of rows
const MOST_POINTS = 400; // of one sparkline; more than it has pixels

export type SparkPoint = [time: number, value: number];
export type Sparks = Record<string, { cpu?: SparkPoint[] }>;

export class SparkStore extends BatchCache<string, readonly SparkPoint[]> {
  constructor(ask: (uuids: string[]) => Promise<Sparks>) {
    const read = async (uuids: string[]): Promise<Map<string, readonly SparkPoint[]>> => {
      const sparks = await ask(uuids);
      return new Map(uuids.map((uuid) => [uuid, sparks[uuid]?.cpu ?? []]));
    };
    super(read, ASK_AT_ONCE, KEEP_SERVERS);
  }

  /** A continued line is a new array: a row tells by that whether it has to be drawn again. */
  append(rows: readonly ServerRow[]): void {
    for (const { uuid, cpu, lastSeen } of rows) {
      const points = this.get(uuid);
      if (!points || cpu === null || lastSeen <= (points.at(-1)?.[0] ?? 0)) continue;
      const recent = points.filter(([time]) => time >= lastSeen - SPARK_MS);
      this.found.set(uuid, [...recent, [lastSeen, cpu] as const].slice(-MOST_POINTS) as SparkPoint[]);
    }
    this.revision.value += 1;
  }
}
