/** What rows in view need beyond the summary: asked for in batches, and kept for those that were looked at last. */
import { shallowRef } from "vue";

const GATHER_MS = 40; // rows of one scroll movement are asked together

export class BatchCache<K, V> {
  readonly revision = shallowRef(0);
  protected readonly found = new Map<K, V>();
  private readonly wanted = new Set<K>();
  private readonly asked = new Set<K>();
  private timer = 0;

  /**
   * @param ask what is known of some keys
   * @param atOnce as many keys as the server answers in one go
   * @param keep as many keys stay known
   */
  constructor(
    private readonly ask: (keys: K[]) => Promise<ReadonlyMap<K, V>>,
    private readonly atOnce: number,
    private readonly keep: number,
  ) {}

  get(key: K): V | undefined {
    return this.found.get(key);
  }

  /** These rows are in view: get what is missing. */
  want(keys: readonly K[]): void {
    for (const key of keys) if (!this.found.has(key) && !this.asked.has(key)) this.wanted.add(key);
    if (this.wanted.size && !this.timer) {
      this.timer = window.setTimeout(() => void this.fetch(new Set(keys)), GATHER_MS);
    }
  }

  forget(keys: readonly K[]): void {
    for (const key of keys) this.found.delete(key);
    this.revision.value += 1;
  }

  /** After a gap in the connection everything known may have holes. */
  clear(): void {
    this.found.clear();
    this.asked.clear();
    this.revision.value += 1;
  }

  private async fetch(inView: ReadonlySet<K>): Promise<void> {
    this.timer = 0;
    // A fast scroll leaves a trail of rows nobody looks at any more.
    const keys = [...this.wanted].slice(-this.atOnce);
    this.wanted.clear();
    for (const key of keys) this.asked.add(key);
    try {
      for (const [key, value] of await this.ask(keys)) if (this.asked.has(key)) this.found.set(key, value);
    } catch {
      // Not connected: `clear` and a new `want` follow when the connection is back.
    }
    for (const key of keys) this.asked.delete(key);
    this.trim(inView);
    this.revision.value += 1;
  }

  /** Maps keep insertion order: the first are those not looked at for longest. */
  private trim(inView: ReadonlySet<K>): void {
    for (const key of this.found.keys()) {
      if (this.found.size <= this.keep) return;
      if (!inView.has(key)) this.found.delete(key);
    }
  }
}
