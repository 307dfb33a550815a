/** The last beats of monitors that were looked at, continued by live beats. */
import type { BarBeat, LiveBeat } from "../wire/types.ts";
import { BatchCache } from "./batch-cache.ts";

export const BAR_BEATS = 50; // as many as the widest row can draw; the server has 100
const ASK_AT_ONCE = 200; // what the server answers in one go
const KEEP_MONITORS = 1000; // some 50 screens of rows, about 5 MB

type Ask = (ids: number[], count: number) => Promise<Record<string, BarBeat[]>>;

export class BarStore extends BatchCache<number, BarBeat[]> {
  constructor(ask: Ask) {
    const read = async (ids: number[]): Promise<Map<number, BarBeat[]>> => {
      const bars = await ask(ids, BAR_BEATS);
      return new Map(ids.map((id) => [id, bars[String(id)] ?? []]));
    };
    super(read, ASK_AT_ONCE, KEEP_MONITORS);
  }

  /** Whoever shows one hears of the beats as well; `revision` tells of what was asked for. */
  append(batch: readonly LiveBeat[]): void {
    for (const [id, time, status, ping] of batch) {
      const bar = this.get(id);
      const last = bar?.at(-1);
      if (!bar || (last && last[0] >= time)) continue;
      bar.push([time, status, ping]);
      if (bar.length > BAR_BEATS) bar.shift();
    }
  }
}
