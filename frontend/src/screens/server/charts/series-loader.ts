/** Samples of a server and of those it is compared with: each is read for itself, and fails for itself. */
import { shallowRef } from "vue";
import type { MetricsAck } from "../../../wire/server-types.ts";
import { shiftedAnswer, type Source } from "./comparison.ts";
import type { TimeSpan } from "./metric-data.ts";

export interface LoadedSeries {
  answer: MetricsAck | null; // the newest there was, at the times it is drawn at
  problem: string;
  asked: number; // which question this is the answer to
}

type Ask = (uuid: string, span: TimeSpan, metrics: readonly string[]) => Promise<MetricsAck>;

const UNREAD: LoadedSeries = { answer: null, problem: "", asked: 0 };

export class SeriesLoader {
  readonly all = shallowRef<ReadonlyMap<string, LoadedSeries>>(new Map());
  private asked = 0;

  constructor(private readonly ask: Ask) {}

  /** Asks for all sources at once; what others left behind is forgotten. */
  async read(sources: readonly Source[], span: TimeSpan, metrics: readonly string[]): Promise<void> {
    this.asked += 1;
    const asked = this.asked;
    this.all.value = new Map(sources.map(({ key }) => [key, this.of(key)]));
    await Promise.all(sources.map((source) => this.readOne(source, span, metrics, asked)));
  }

  of(key: string): LoadedSeries {
    return this.all.value.get(key) ?? UNREAD;
  }

  private async readOne(source: Source, [from, to]: TimeSpan, metrics: readonly string[], asked: number): Promise<void> {
    try {
      const answer = await this.ask(source.uuid, [from - source.back, to - source.back], metrics);
      this.take(source.key, { answer: shiftedAnswer(answer, source.back), problem: "", asked });
    } catch (error) {
      this.take(source.key, { answer: this.of(source.key).answer, problem: (error as Error).message, asked });
    }
  }

  /** An answer that was overtaken, or that nobody waits for any more, is dropped. */
  private take(key: string, loaded: LoadedSeries): void {
    const before = this.all.value.get(key);
    if (before && before.asked <= loaded.asked) this.all.value = new Map(this.all.value).set(key, loaded);
  }
}
