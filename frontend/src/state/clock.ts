/** The server's time: what came from there is compared with it, not with the browser's clock. */
import { onBeforeUnmount, shallowRef, type ShallowRef } from "vue";

const TICK_MS = 10_000;

let ahead = 0; // ms by which the server's clock is ahead of the browser's

/** @param time what the server's clock shows now, in ms since 1970 */
export function setServerTime(time: number): void {
  ahead = time - Date.now();
}

/** Milliseconds since 1970. */
export const serverNow = (): number => Date.now() + ahead;

/** The server's time on a screen, for what grows older while one looks: "3 min. ago"; ticks while the component lives. */
export function useNow(tickMs = TICK_MS): Readonly<ShallowRef<number>> {
  const now = shallowRef(serverNow());
  const timer = window.setInterval(() => (now.value = serverNow()), tickMs);
  onBeforeUnmount(() => window.clearInterval(timer));
  return now;
}
