/** What a process does per second, from two readings of its counters. Pure. */

export interface Reading {
  uptime: number; // s
  cpu: number; // s of CPU time since the start
  beats: number; // recorded so far
}

export interface Rates {
  cpu: number; // share of a core, 0…
  beats: number; // per second
}

/** null for readings that tell nothing: none before, the same moment, or a start in between. */
export function ratesBetween(before: Reading | null, now: Reading): Rates | null {
  const seconds = before ? now.uptime - before.uptime : 0;
  if (!before || seconds <= 0) return null;
  return { cpu: (now.cpu - before.cpu) / seconds, beats: Math.max(0, (now.beats - before.beats) / seconds) };
}
