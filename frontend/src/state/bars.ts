/** The last beats of monitors that were looked at: asked in batches, continued by live beats. */
import { shallowRef } from "vue";
import type { BarBeat, LiveBeat } from "../wire/types.ts";

export const BAR_BEATS = 50; // as many as the widest row can draw; the server has 100
const ASK_AT_ONCE = 200; // what the server answers in one go
const KEEP_MONITORS = 1000; // some 50 screens of rows, about 5 MB
const GATHER_MS = 40; // rows of one scroll movement are asked together

type Ask = (ids: number[], count: number) => Promise<Record<string, BarBeat[]>>;

export class BarStore {
  readonly revision = shallowRef(0);
  private readonly bars = new Map<number, BarBeat[]>();
  private readonly wanted = new Set<number>();
  private readonly asked = new Set<number>();
  private timer = 0;

  constructor(private readonly ask: Ask) {}

  get(id: number): readonly BarBeat[] | undefined {
    return this.bars.get(id);
  }

  /** These rows are in view: get what is missing. */
  want(ids: readonly number[]): void {
    for (const id of ids) if (!this.bars.has(id) && !this.asked.has(id)) this.wanted.add(id);
    if (this.wanted.size && !this.timer) {
      this.timer = window.setTimeout(() => void this.fetch(new Set(ids)), GATHER_MS);
    }
  }

  append(batch: readonly LiveBeat[]): void {
    for (const [id, time, status, ping] of batch) {
      const bar = this.bars.get(id);
      const last = bar?.at(-1);
      if (!bar || (last && last[0] >= time)) continue;
      bar.push([time, status, ping]);
      if (bar.length > BAR_BEATS) bar.shift();
    }
    this.revision.value += 1;
  }

  forget(ids: readonly number[]): void {
    for (const id of ids) this.bars.delete(id);
    this.revision.value += 1;
  }

  /** After a gap in the connection everything known may have holes. */
  clear(): void {
    this.bars.clear();
    this.asked.clear();
    this.revision.value += 1;
  }

  private async fetch(inView: ReadonlySet<number>): Promise<void> {
    this.timer = 0;
    // A fast scroll leaves a trail of rows nobody looks at any more.
    const ids = [...this.wanted].slice(-ASK_AT_ONCE);
    this.wanted.clear();
    for (const id of ids) this.asked.add(id);
    try {
      const found = await this.ask(ids, BAR_BEATS);
      for (const id of ids) if (this.asked.has(id)) this.bars.set(id, found[String(id)] ?? []);
    } catch {
      // Not connected: `clear` and a new `want` follow when the connection is back.
    }
    for (const id of ids) this.asked.delete(id);
    this.trim(inView);
    this.revision.value += 1;
  }

  /** Maps keep insertion order: the first are those not looked at for longest. */
  private trim(inView: ReadonlySet<number>): void {
    for (const id of this.bars.keys()) {
      if (this.bars.size <= KEEP_MONITORS) return;
      if (!inView.has(id)) this.bars.delete(id);
    }
  }
}
