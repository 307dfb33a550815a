/** A push message that was clicked: the page goes to the monitor or server that it tells of. */
import { watch } from "vue";
import type { RouteLocationRaw, Router } from "vue-router";
import { monitors } from "../state/monitors.ts";
import { servers } from "../state/servers.ts";

const MARK = "#pushed="; // before the text, in the address that `serviceWorker.js` opens

interface Named {
  name: string;
  status: unknown;
}

/** The one whose name in brackets begins the text; the longest of several, as names may hold brackets. */
export function toldOf<T extends Named>(text: string, all: Iterable<T>, down: unknown): T | null {
  let found: T | null = null;
  for (const one of all) {
    if (!text.startsWith(`[${one.name}]`)) continue;
    const longer = one.name.length - (found?.name.length ?? -1);
    if (longer > 0 || (longer === 0 && one.status === down && found?.status !== down)) found = one;
  }
  return found;
}

function placeOf(text: string): RouteLocationRaw | null {
  const monitor = toldOf(text, monitors.rows.values(), 0);
  if (monitor) return { name: "monitor", params: { id: monitor.id } };
  const server = toldOf(text, servers.rows.values(), "offline");
  return server && { name: "server", params: { uuid: server.uuid } };
}

/** Resolves when `holds` does. */
const until = (holds: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    if (holds()) return resolve();
    const stop = watch(holds, (now) => {
      if (!now) return;
      stop();
      resolve();
    });
  });

/** As soon as it is known, after a log-in perhaps. */
async function find(text: string): Promise<RouteLocationRaw | null> {
  await until(() => monitors.loaded.value);
  const place = placeOf(text);
  if (place) return place;
  await until(() => servers.loaded.value || servers.problem.value !== "");
  return placeOf(text);
}

function textOf(hash: string): string {
  try {
    return decodeURIComponent(hash.slice(MARK.length));
  } catch {
    return "";
  }
}

export async function startPushed(router: Router, hash = location.hash): Promise<void> {
  const go = async (text: string): Promise<void> => {
    const place = await find(text);
    if (place) await router.push(place);
  };
  // Only pages that are open safely have workers.
  navigator.serviceWorker?.addEventListener("message", ({ data }: MessageEvent<{ pushed?: unknown } | null>) => {
    if (typeof data?.pushed === "string") void go(data.pushed);
  });
  // A test, for one, tells of nothing that could be opened.
  if (hash.startsWith(MARK)) await router.replace((await find(textOf(hash))) ?? { hash: "" });
}
