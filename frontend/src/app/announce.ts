/** Says aloud (to a screen reader) what went down and came back, not more often than can be followed. */
import { shallowRef } from "vue";
import type { Change } from "../state/monitors.ts";
import { t } from "../words/index.ts";

const PAUSE_MS = 3000; // shorter, and one message cuts off the one before
const NAMES = 3; // more are counted, not named

export const announcement = shallowRef("");

const down = new Map<number, string>();
const up = new Map<number, string>();
let timer = 0;

/** Collects; a monitor that came back before anything was said is not mentioned as down. */
export function announceChanges(changes: readonly Change[]): void {
  for (const { row, from, to } of changes) {
    if (to === "down") {
      down.set(row.id, row.name);
      up.delete(row.id);
    } else if (to === "up" && from !== "unknown" && from !== "paused") {
      if (!down.delete(row.id) && from === "down") up.set(row.id, row.name);
    }
  }
  if ((down.size || up.size) && !timer) timer = window.setTimeout(speak, PAUSE_MS / 6);
}

export function sentence(key: "announce.down" | "announce.up", names: readonly string[]): string {
  const shown = names.slice(0, NAMES).join(", ");
  const rest = names.length - NAMES;
  const list = rest > 0 ? t("announce.more", { names: shown, count: rest }) : shown;
  return t(key, { names: list, count: names.length });
}

function speak(): void {
  const parts: string[] = [];
  if (down.size) parts.push(sentence("announce.down", [...down.values()]));
  if (up.size) parts.push(sentence("announce.up", [...up.values()]));
  down.clear();
  up.clear();
  announcement.value = parts.join(" ");
  timer = window.setTimeout(() => {
    timer = 0;
    if (down.size || up.size) speak();
  }, PAUSE_MS);
}
