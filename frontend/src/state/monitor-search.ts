/** Which monitors the filters leave. */
import { isFiltering, matcher, wordsOf, type Filters } from "./monitor-filters.ts";
import type { MonitorRow } from "./monitors.ts";

/** What a filter leaves: ranks and not rows, which lie all over the memory, and most of which nobody looks at. */
export interface Found {
  shown: Uint8Array; // by rank: 1 for what matches and the groups it is in
  matches: readonly number[]; // ranks, ascending
}

/** A loop, as every key comes here: a function for each of thousands takes ten times as long while it is new. */
export function sameMatches({ matches: a }: Found, { matches: b }: Found): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
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

/** Finds among rows that are in the order of ranks. */
export class Finder {
  private texts: Texts | null = null;
  private readonly parents: Int32Array; // ranks of them, -1 for none

  constructor(
    rows: ReadonlyMap<number, MonitorRow>,
    private readonly inOrder: readonly MonitorRow[],
  ) {
    this.parents = Int32Array.from(inOrder, ({ parent }) => (parent === null ? -1 : (rows.get(parent)?.rank ?? -1)));
  }

  /** Puts together what a search looks at, so that the first key does not have to. */
  prepare(): Texts {
    return (this.texts ??= new Texts(this.inOrder));
  }

  /** null when nothing is filtered. */
  find(filters: Filters): Found | null {
    if (!isFiltering(filters)) return null;
    const matches = this.matching(filters);
    const shown = new Uint8Array(this.inOrder.length);
    for (const rank of matches) {
      for (let at = rank; at >= 0 && !shown[at]; at = this.parents[at] as number) shown[at] = 1;
    }
    return { shown, matches };
  }

  private matching(filters: Filters): readonly number[] {
    const words = wordsOf(filters);
    const others = filters.statuses.length + filters.types.length + filters.tags.length;
    if (!others) return this.prepare().having(words);
    const fits = matcher(filters);
    const left = words.length ? this.prepare().having(words) : this.inOrder.keys();
    return [...left].filter((rank) => fits(this.inOrder[rank] as MonitorRow));
  }
}
