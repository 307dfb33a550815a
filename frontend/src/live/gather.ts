/** Puts batches of beats together: each is drawn, and what changes nothing of note can wait for the next. */
import type { LiveBeat } from "../wire/types.ts";

export const GATHER_MS = 500; // between two that are handed on, when nothing important is in them

export class Gatherer {
  private waiting: LiveBeat[] = [];
  private timer = 0;

  constructor(private readonly take: (batch: readonly LiveBeat[]) => void) {}

  /** Hands it on at once if it is the first for a while, or something important is in it; the order stays. */
  add(batch: readonly LiveBeat[]): void {
    this.waiting.push(...batch);
    if (!this.timer || batch.some(([, , , , , important]) => important)) this.flush();
  }

  /** What waits is handed on: before anything else that is told about monitors. */
  flush(): void {
    window.clearTimeout(this.timer);
    this.timer = 0;
    if (!this.waiting.length) return;
    const batch = this.waiting;
    this.waiting = [];
    this.timer = window.setTimeout(() => this.flush(), GATHER_MS);
    this.take(batch);
  }

  /** Forgets what waits: everything is read anew. */
  clear(): void {
    this.waiting = [];
  }
}
