/** Which monitors the filters leave. */
import { isFiltering, matcher, wordsOf, type Filters } from "./monitor-filters.ts";
import type { MonitorRow } from "./monitors.ts";

/** What a filter leaves: ranks and not rows, which lie all over the memory, and most of which nobody looks at. */
export interface Found {
  shown: Uint8Array; // by rank: 1 for what matches and the groups it is in
  matches: readonly number[]; // ranks, ascending
}

/** The texts of all rows as one, for the same reason: every key would visit each. */
class Texts {
  private readonly all: string;
  private readonly ends: Uint32Array; // of each row's, by rank: where the next one begins

  constructor(rows: readonly MonitorRow[]) {
    this.all = rows.map(({ text }) => text).join("\n"); // no word has a white space in it, so none reaches across
    let end = 0;
    this.ends = Uint32Array.from(rows, ({ text }) => (end += text.length + 1));
  }

  /** Ranks of those in which all of some words are. */
  having(words: readonly string[]): number[] {
    const { all, ends } = this;
    const had = new Uint16Array(ends.length); // how many of the words each has, up to the first that it lacks
    words.forEach((word, before) => {
      let rank = 0;
      for (let at = all.indexOf(word); at >= 0; at = all.indexOf(word, ends[rank])) {
        while ((ends[rank] as number) <= at) rank += 1;
        if (had[rank] === before) had[rank] = before + 1;
      }
    });
    const found: number[] = [];
    for (let rank = 0; rank < had.length; rank += 1) if (had[rank] === words.length) found.push(rank);
    return found;
  }
}

/** A loop, as every key comes here: a function for each of thousands takes ten times as long while it is new. */
function sameMatches({ matches: a }: Found, { matches: b }: Found): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

/** Finds among rows that are in the order of ranks. What it needs is made when somebody searches. */
export class Finder {
  private texts: Texts | null = null;
  private parents: Int32Array | null = null; // ranks of them, -1 for none
  private latest: Found | null = null;

  constructor(
    private readonly rows: ReadonlyMap<number, MonitorRow>,
    private readonly inOrder: readonly MonitorRow[],
  ) {}

  /** What the first key would have to make. */
  prepare(): void {
    this.textsOf();
    this.parentsOf();
  }

  /**
   * Null when nothing is filtered; the same object as the time before while the same is found, so that a key that
   * changes nothing makes and draws no lines.
   */
  find(filters: Filters): Found | null {
    if (!isFiltering(filters)) return null;
    const matches = this.matching(filters);
    const parents = this.parentsOf();
    const shown = new Uint8Array(this.inOrder.length);
    for (const rank of matches) {
      for (let at = rank; at >= 0 && !shown[at]; at = parents[at] as number) shown[at] = 1;
    }
    const found = { shown, matches };
    if (!this.latest || !sameMatches(this.latest, found)) this.latest = found;
    return this.latest;
  }

  private matching(filters: Filters): readonly number[] {
    const words = wordsOf(filters);
    const others = filters.statuses.length + filters.types.length + filters.tags.length;
    if (!others) return this.textsOf().having(words);
    const fits = matcher(filters);
    const left = words.length ? this.textsOf().having(words) : this.inOrder.keys();
    return [...left].filter((rank) => fits(this.inOrder[rank] as MonitorRow));
  }

  private textsOf(): Texts {
    return (this.texts ??= new Texts(this.inOrder));
  }

  private parentsOf(): Int32Array {
    const rankOf = ({ parent }: MonitorRow): number => (parent === null ? -1 : (this.rows.get(parent)?.rank ?? -1));
    return (this.parents ??= Int32Array.from(this.inOrder, rankOf));
  }
}
