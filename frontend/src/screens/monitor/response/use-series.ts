/** Response times of one monitor over a range: buckets of the server, or the last beats, which go on live. */
import { onBeforeUnmount, shallowRef, watch, type Ref, type ShallowRef } from "vue";
import { onBeats, onRefresh } from "../../../live/updates.ts";
import { call } from "../../../wire/socket.ts";
import type { BarBeat, ChartBucket, DetailBeat } from "../../../wire/types.ts";
import { serverNow } from "../../../state/clock.ts";
import { bucketSeconds, fromBeats, fromBuckets, type ChartData, type Range } from "./response-data.ts";

const REREAD_MS = 60_000; // the finest bucket is a minute
const BEATS = 100;

export interface Series {
  data: ShallowRef<ChartData | null>; // null: not known yet, or nothing to show
  failed: ShallowRef<string>;
}

/** @param beats gives the last beats where they are known already; else they are read and kept here */
export function useSeries(id: Ref<number | null>, range: Ref<Range>, beats?: () => readonly DetailBeat[]): Series {
  const data = shallowRef<ChartData | null>(null);
  const failed = shallowRef("");
  let kept: DetailBeat[] = [];

  async function recent(monitor: number): Promise<ChartData> {
    const reply = await call<{ bars: Record<string, BarBeat[]> }>("bars", [monitor], BEATS);
    kept = (reply.bars[String(monitor)] ?? []).map(([time, status, ping]) => [time, status, ping, ""]);
    return fromBeats(kept, serverNow());
  }

  async function read(): Promise<void> {
    const [monitor, wanted] = [id.value, range.value];
    if (monitor === null || (beats && wanted === "recent")) return;
    try {
      const found =
        wanted === "recent"
          ? await recent(monitor)
          : fromBuckets(
              (await call<{ data: ChartBucket[] }>("getMonitorChartData", monitor, Number(wanted))).data,
              Number(wanted),
            );
      if (id.value === monitor && range.value === wanted) data.value = found;
      failed.value = "";
    } catch (error) {
      failed.value = (error as Error).message;
    }
  }

  function start(): void {
    failed.value = "";
    data.value = beats && range.value === "recent" ? fromBeats(beats(), serverNow()) : null;
    void read();
  }

  const stops = [
    watch([id, range], start),
    onRefresh(() => void read()),
    onBeats((batch) => {
      if (range.value !== "recent" || beats) return;
      const before = kept.length;
      for (const [monitor, time, status, ping] of batch) {
        const isNew = time > (kept.at(-1)?.[0] ?? 0); // the answer may have brought it
        if (monitor === id.value && isNew) kept.push([time, status, ping, ""]);
      }
      if (kept.length === before) return;
      kept = kept.slice(-BEATS);
      data.value = fromBeats(kept, serverNow());
    }),
  ];
  const timer = window.setInterval(() => {
    if (!document.hidden && range.value !== "recent" && bucketSeconds(Number(range.value)) === 60) void read();
  }, REREAD_MS);
  onBeforeUnmount(() => {
    window.clearInterval(timer);
    stops.forEach((stop) => stop());
  });
  start();
  return { data, failed };
}
