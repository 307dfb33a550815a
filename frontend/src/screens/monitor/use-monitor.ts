/** One monitor as its page holds it: read once, continued by live beats, read again after a gap. */
import { onBeforeUnmount, shallowRef, watch, type ShallowRef } from "vue";
import { onBeats, onRefresh } from "../../live/updates.ts";
import { monitors } from "../../state/monitors.ts";
import { call } from "../../wire/socket.ts";
import type { LiveBeat, MonitorAck } from "../../wire/types.ts";

const KEEP_BEATS = 100; // as many as the server sends
// Uptimes, the average, the certificate come with an answer only: read again after a change at once, else so often.
const FIGURES_MS = 15_000;
const CHANGED_MS = 300; // a moment for what belongs to the change

type Beats = MonitorAck["beats"];

export interface OpenMonitor {
  data: ShallowRef<MonitorAck | null>;
  problem: ShallowRef<string>;
  /** Counts changes of `data.beats`, which is changed in place. */
  version: ShallowRef<number>;
  read: () => Promise<void>;
}

export function useMonitor(id: number): OpenMonitor {
  const data = shallowRef<MonitorAck | null>(null);
  const problem = shallowRef("");
  const version = shallowRef(0);

  let timer = 0;
  let readAt = 0;

  async function read(): Promise<void> {
    window.clearTimeout(timer);
    timer = 0;
    readAt = Date.now();
    try {
      const reply = await call<MonitorAck>("monitor", id);
      data.value = { ...reply, beats: continued(reply.beats, data.value?.beats ?? []) };
      problem.value = "";
      version.value += 1;
    } catch (error) {
      if (!data.value) problem.value = (error as Error).message;
    }
  }

  function readIn(ms: number): void {
    if (timer && ms > CHANGED_MS) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void read(), ms);
  }

  function take(batch: readonly LiveBeat[]): void {
    const beats = data.value?.beats;
    if (!beats) return;
    for (const [monitor, time, status, ping, msg, important] of batch) {
      if (monitor !== id) continue;
      readIn(important ? CHANGED_MS : Math.max(CHANGED_MS + 1, readAt + FIGURES_MS - Date.now()));
      if (time <= (beats.at(-1)?.[0] ?? 0)) continue;
      beats.push([time, status, ping, msg ?? monitors.rows.get(id)?.msg ?? ""]);
      if (beats.length > KEEP_BEATS) beats.shift();
      version.value += 1;
    }
  }

  // An edit from elsewhere changes the row's structure; beats do not.
  const stops = [onBeats(take), onRefresh(() => void read()), watch(monitors.structure, () => void read())];
  onBeforeUnmount(() => {
    window.clearTimeout(timer);
    stops.forEach((stop) => stop());
  });
  void read();
  return { data, problem, version, read };
}

/** What an answer says, and the beats that have come live while it was on its way; none after all were cleared. */
export function continued(answer: Beats, shown: Beats): Beats {
  const last = answer.at(-1)?.[0];
  return last === undefined ? answer : [...answer, ...shown.filter(([time]) => time > last)].slice(-KEEP_BEATS);
}
