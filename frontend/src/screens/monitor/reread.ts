/** What only the server can add up: read at once, after every change of state, and now and then as beats come. */
import { onBeforeUnmount } from "vue";
import { onBeats, onRefresh } from "../../live/updates.ts";
import { readFirst } from "../../ui/read-first.ts";

const CHANGED_MS = 400; // a moment for what belongs to the change
const EVERY_MS = 30_000;

export function useReread(id: number, read: () => Promise<void>): () => void {
  let timer = 0;
  let due = 0;
  let readAt = 0;

  function now(): Promise<void> {
    window.clearTimeout(timer);
    timer = 0;
    readAt = Date.now();
    return read();
  }

  function readIn(ms: number): void {
    const at = Date.now() + Math.max(CHANGED_MS, ms);
    if (timer && due <= at) return;
    window.clearTimeout(timer);
    due = at;
    timer = window.setTimeout(() => void now(), at - Date.now());
  }

  const stops = [
    onBeats((batch) => {
      for (const [monitor, , , , , important] of batch) {
        if (monitor === id) readIn(important ? CHANGED_MS : readAt + EVERY_MS - Date.now());
      }
    }),
    onRefresh(() => void now()),
  ];
  onBeforeUnmount(() => {
    window.clearTimeout(timer);
    stops.forEach((stop) => stop());
  });
  readFirst(now());
  return () => void now();
}
