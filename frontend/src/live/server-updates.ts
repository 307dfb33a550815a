/** From the summary of servers and pushed changes to their store, to announcements and to whom else it concerns. */
import { watch } from "vue";
import { monitors } from "../state/monitors.ts";
import { servers, type ServerChanges } from "../state/servers.ts";
import type { ServerRow } from "../wire/server-types.ts";
import { stage } from "../wire/session.ts";
import { call, onPush } from "../wire/socket.ts";
import type { SummaryAck } from "../wire/types.ts";
import { announceServers } from "./announce.ts";
import { onRefresh } from "./updates.ts";

type Listener = (rows: readonly ServerRow[]) => void;

const listeners = new Set<Listener>();
let followed = false;
let reading = false;

/** Changed rows, after the store took them in; for as long as the page lives. */
export const onServerRows = (listener: Listener): void => void listeners.add(listener);

async function readSummary(): Promise<void> {
  reading = true;
  try {
    servers.load(await call<SummaryAck>("serversSummary"));
  } catch (error) {
    if (!servers.loaded.value) servers.problem.value = (error as Error).message;
  } finally {
    reading = false;
  }
}

/** Several ask for it while the page starts; one answer is enough. */
function readFirst(): void {
  if (!servers.loaded.value && !reading) void readSummary();
}

function takeIn(message: ServerChanges): void {
  const changes = servers.change(message);
  announceServers(changes);
  const rows = changes.map(({ row }) => row);
  for (const listener of listeners) listener(rows);
}

/** Reads the summary of servers, and again after a gap; what changes is pushed. */
export function followServers(): void {
  if (followed) return readFirst();
  followed = true;
  onPush<ServerChanges>("serverChanges", takeIn);
  onRefresh(() => void readSummary());
  watch(stage, (now) => {
    if (now === "login") servers.clear();
    else if (now === "ready") readFirst();
  });
  readFirst();
}

/** Title, announcements and overview tell of servers too; the list of monitors does not wait for them. */
export function startServerUpdates(): void {
  watch(monitors.loaded, (loaded) => loaded && followServers());
}
