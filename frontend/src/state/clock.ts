/** The server's time on a screen, for what grows older while one looks: "3 min. ago". */
import { onBeforeUnmount, shallowRef, type ShallowRef } from "vue";
import { clockSkew } from "../app/live.ts";

const TICK_MS = 10_000;

/** Ticks as long as the component that asked is there. */
export function useNow(tickMs = TICK_MS): Readonly<ShallowRef<number>> {
  const now = shallowRef(Date.now() + clockSkew);
  const timer = window.setInterval(() => (now.value = Date.now() + clockSkew), tickMs);
  onBeforeUnmount(() => window.clearInterval(timer));
  return now;
}
