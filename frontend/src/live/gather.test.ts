import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { LiveBeat } from "../wire/types.ts";
import { GATHER_MS, Gatherer } from "./gather.ts";

const beat = (id: number, important: 0 | 1 = 0): LiveBeat => [id, id, 1, null, null, important, null];

let taken: number[][] = [];
let beats: Gatherer;

beforeEach(() => {
  vi.useFakeTimers();
  taken = [];
  beats = new Gatherer((batch) => taken.push(batch.map(([id]) => id)));
});
afterEach(() => vi.useRealTimers());

it("hands the first on at once, and what follows soon together and in order", () => {
  for (const id of [1, 2, 3]) beats.add([beat(id)]);
  expect(taken).toEqual([[1]]);
  vi.advanceTimersByTime(GATHER_MS);
  expect(taken).toEqual([[1], [2, 3]]);
  beats.add([beat(4)]);
  vi.advanceTimersByTime(GATHER_MS);
  expect(taken).toEqual([[1], [2, 3], [4]]);
  vi.advanceTimersByTime(GATHER_MS);
  beats.add([beat(5)]);
  expect(taken.at(-1)).toEqual([5]);
});

it("lets nothing important wait, nor what came before it", () => {
  for (const one of [beat(1), beat(2), beat(3, 1)]) beats.add([one]);
  expect(taken).toEqual([[1], [2, 3]]);
});

it("hands on or forgets what waits when it is told to", () => {
  for (const id of [1, 2]) beats.add([beat(id)]);
  beats.flush();
  expect(taken).toEqual([[1], [2]]);
  beats.add([beat(3)]);
  beats.clear();
  vi.advanceTimersByTime(3 * GATHER_MS);
  expect(taken).toEqual([[1], [2]]);
});
