import { createApp, defineComponent, h } from "vue";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { holdParts, readFirst } from "./read-first.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A screen with one part for each reading; says how many it waits for. */
function shown(...readings: Promise<unknown>[]): () => number {
  const parts = readings.map((reading) =>
    defineComponent(() => {
      readFirst(reading);
      return () => h("p");
    }),
  );
  const screen = defineComponent(() => {
    const reading = holdParts();
    return () => [h("output", reading.value), ...parts.map((part) => h(part))];
  });
  const box = document.createElement("div");
  createApp(screen).mount(box);
  return () => Number(box.querySelector("output")?.textContent);
}

it("counts the parts that have not answered, whatever the answer", async () => {
  let answer = (): void => undefined;
  const waiting = shown(new Promise<void>((resolve) => (answer = resolve)), Promise.reject(new Error("gone")));
  await vi.advanceTimersByTimeAsync(1);
  expect(waiting()).toBe(1);
  answer();
  await vi.advanceTimersByTimeAsync(1);
  expect(waiting()).toBe(0);
});

it("does not wait for one that never answers", async () => {
  const waiting = shown(new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(1);
  expect(waiting()).toBe(1);
  await vi.advanceTimersByTimeAsync(3001);
  expect(waiting()).toBe(0);
});

it("lets a part stand alone", () => {
  const box = document.createElement("div");
  createApp(defineComponent(() => (readFirst(Promise.resolve()), () => h("p")))).mount(box);
  expect(box.innerHTML).toBe("<p></p>");
});
