/** From pushed events to the stores: batches are taken in as they come, and gaps are closed after a reconnect. */
import { rights, type Right } from "../state/rights.ts";
import { watch } from "vue";
import { BarStore } from "../state/bars.ts";
import { setServerTime } from "../state/clock.ts";
import { monitors } from "../state/monitors.ts";
import { problems } from "../state/problems.ts";
import { toast } from "../ui/toast.ts";
import { greet, stage, startAgain } from "../wire/session.ts";
import { call, connect, connection, WireError } from "../wire/socket.ts";
import type { BarBeat, Hello, LiveBeat, Problem, SummaryAck } from "../wire/types.ts";
import { t } from "../words/index.ts";
import { announceChanges } from "./announce.ts";

type Listener = (batch: readonly LiveBeat[]) => void;

export const bars = new BarStore(async (ids, count) => {
  const reply = await call<{ bars: Record<string, BarBeat[]> }>("bars", ids, count);
  return reply.bars;
});

const listeners = new Set<Listener>();
const refreshers = new Set<() => void>();
const notificationWatchers = new Set<() => void>();
let firstVersion: string | null = null;

const subscribe = <T>(set: Set<T>, item: T): (() => void) => {
  set.add(item);
  return () => set.delete(item);
};

/** Batches of beats, after the stores took them in. */
export const onBeats = (listener: Listener) => subscribe(listeners, listener);
/** The summary was read again: what a screen knows may have holes. */
export const onRefresh = (refresh: () => void) => subscribe(refreshers, refresh);
export const onNotificationsChanged = (refresh: () => void) => subscribe(notificationWatchers, refresh);

function receiveBeats(batch: readonly LiveBeat[]): void {
  if (!monitors.loaded.value) return;
  announceChanges(monitors.beat(batch));
  bars.append(batch);
  for (const listener of listeners) listener(batch);
}

async function readSummary(): Promise<void> {
  try {
    const summary = await call<SummaryAck>("summary");
    const again = monitors.loaded.value;
    setServerTime(summary.serverTime);
    monitors.load(summary);
    if (again) {
      bars.clear();
      for (const refresh of refreshers) refresh();
    }
  } catch (error) {
    if (error instanceof WireError && connection.value === "online") toast(error.message, "error");
  }
}

async function receiveHello(message: Hello): Promise<void> {
  if (firstVersion !== null && firstVersion !== message.version) {
    toast(t("app.newVersion"), "info", { label: t("app.reload"), run: () => location.reload() });
  }
  firstVersion = message.version;
  const before = stage.value;
  await greet(message);
  // The first time, the watcher below reads it.
  if (before === "ready" && stage.value === "ready") await readSummary();
}

export function startUpdates(): void {
  watch(stage, (now) => {
    if (now === "ready") void readSummary();
    else if (now === "login") {
      monitors.clear();
      bars.clear();
      problems.value = [];
    }
  });
  connect({
    hello: (message: Hello) => void receiveHello(message),
    beats: ({ beats: batch }: { beats: LiveBeat[] }) => receiveBeats(batch),
    changes: (message: { monitors: unknown[][]; deleted: number[] }) => {
      if (!monitors.loaded.value) return;
      monitors.change(message.monitors, message.deleted);
      bars.forget(message.deleted);
    },
    notificationsChanged: () => {
      for (const refresh of notificationWatchers) refresh();
    },
    problems: (message: { problems: Problem[] }) => {
      problems.value = message.problems;
    },
    rights: (names: Right[]) => {
      rights.value = new Set(names);
    },
    refresh: startAgain,
  });
}
