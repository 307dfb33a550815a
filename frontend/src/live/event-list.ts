/** A list of events that is read in pages and grows at its head while one looks. */
import { shallowRef, triggerRef } from "vue";
import type { EventRow, LiveBeat } from "../wire/types.ts";

export const PAGE = 50;
export const MOST = 500; // events that are kept although nobody has asked for them

type Read = (offset: number, count: number) => Promise<{ total: number; events: EventRow[] }>;

export class EventList {
  readonly rows = shallowRef<EventRow[]>([]);
  readonly total = shallowRef(0);
  readonly state = shallowRef<"loading" | "ready" | "failed">("loading");

  private kept = MOST;
  private readonly taken = new Set<number>(); // times of events that came live since the latest answer

  constructor(
    private readonly read: Read,
    private readonly monitor: number | null,
  ) {}

  /** From the start again. What is shown stays until the answer is there. */
  async reload(): Promise<void> {
    try {
      const reply = await this.read(0, PAGE);
      // What came live while the answer was on its way may be missing in it.
      const newest = reply.events[0]?.[1] ?? 0;
      const newer = this.rows.value.filter(([, time]) => this.taken.has(time) && time > newest);
      this.rows.value = [...newer, ...reply.events];
      this.total.value = reply.total + newer.length;
      this.taken.clear();
      this.state.value = "ready";
    } catch {
      if (!this.rows.value.length) this.state.value = "failed";
    }
  }

  async more(): Promise<void> {
    const reply = await this.read(this.rows.value.length, PAGE);
    const known = new Set(this.rows.value.map(([id, time]) => `${id}@${time}`));
    this.rows.value = [...this.rows.value, ...reply.events.filter(([id, time]) => !known.has(`${id}@${time}`))];
    this.total.value = reply.total;
    this.kept = Math.max(this.kept, this.rows.value.length);
  }

  /** Live beats that are changes of state; `text` gives the message a beat left out. */
  take(batch: readonly LiveBeat[], text: (id: number) => string): void {
    let added = 0;
    for (const [id, time, status, , msg, important] of batch) {
      if (!important || (this.monitor !== null && id !== this.monitor)) continue;
      if (this.rows.value.some(([known, at]) => known === id && at === time)) continue; // an answer has brought it
      this.taken.add(time);
      this.rows.value.unshift([id, time, status, msg ?? text(id)]);
      added += 1;
    }
    if (!added) return;
    this.total.value += added;
    this.forget();
    triggerRef(this.rows);
  }

  /** A list on a wall is open for weeks: the oldest that nobody has asked for go, and can be asked for again. */
  private forget(): void {
    const rows = this.rows.value;
    if (rows.length <= this.kept) return;
    rows.length = this.kept;
    const oldest = rows[rows.length - 1]?.[1] ?? 0;
    for (const time of this.taken) if (time < oldest) this.taken.delete(time);
  }
}

/**
 * How long each state lasted, in ms, by the place of its event: until the next event of the same monitor. What nothing
 * has ended yet lasts until now, if its monitor goes on (`going`); else nobody knows: null.
 */
export function lengthsOf(rows: readonly EventRow[], now: number, going: (id: number) => boolean): (number | null)[] {
  const next = new Map<number, number>();
  return rows.map(([id, time]) => {
    const end = next.get(id) ?? (going(id) ? now : null);
    next.set(id, time);
    return end === null ? null : Math.max(0, end - time);
  });
}
