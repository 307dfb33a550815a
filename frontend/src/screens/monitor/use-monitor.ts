/** One monitor as its page holds it: read once, continued by live beats, read again after a gap. */
import { onBeforeUnmount, shallowRef, watch, type ShallowRef } from "vue";
import { onBeats, onRefresh } from "../../live/updates.ts";
import { monitors } from "../../state/monitors.ts";
import { call } from "../../wire/socket.ts";
import type { LiveBeat, MonitorAck } from "../../wire/types.ts";

const KEEP_BEATS = 100; // as many as the server sends

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

  async function read(): Promise<void> {
    try {
      data.value = await call<MonitorAck>("monitor", id);
      problem.value = "";
      version.value += 1;
    } catch (error) {
      if (!data.value) problem.value = (error as Error).message;
    }
  }

  function take(batch: readonly LiveBeat[]): void {
    const beats = data.value?.beats;
    if (!beats) return;
    for (const [monitor, time, status, ping, msg] of batch) {
      if (monitor !== id || time <= (beats.at(-1)?.[0] ?? 0)) continue;
      beats.push([time, status, ping, msg ?? monitors.rows.get(id)?.msg ?? ""]);
      if (beats.length > KEEP_BEATS) beats.shift();
      version.value += 1;
    }
  }

  // An edit from elsewhere changes the row's structure; beats do not.
  const stops = [onBeats(take), onRefresh(() => void read()), watch(monitors.structure, () => void read())];
  onBeforeUnmount(() => stops.forEach((stop) => stop()));
  void read();
  return { data, problem, version, read };
}
