/** One server as its page holds it: read once, and again when it was heard or changed. */
import { computed, onBeforeUnmount, shallowRef, watch, type ComputedRef, type ShallowRef } from "vue";
import { onRefresh } from "../../live/updates.ts";
import { servers } from "../../state/servers.ts";
import type { ServerAck, ServerRow } from "../../wire/server-types.ts";
import { call } from "../../wire/socket.ts";

export interface OpenServer {
  row: ComputedRef<ServerRow | null>;
  data: ShallowRef<ServerAck | null>;
  problem: ShallowRef<string>; // of a server that was never read
  gone: ComputedRef<boolean>;
  read: () => Promise<void>;
}

export function useServer(uuid: string): OpenServer {
  const data = shallowRef<ServerAck | null>(null);
  const problem = shallowRef("");
  const row = computed(() => {
    void servers.version.value;
    return servers.rows.get(uuid) ?? null;
  });

  // All there are stand in the summary, and what is deleted is pushed.
  const gone = computed(() => servers.loaded.value && !row.value);

  async function read(): Promise<void> {
    try {
      data.value = await call<ServerAck>("server", uuid);
      problem.value = "";
    } catch (error) {
      if (!data.value) problem.value = (error as Error).message;
    }
  }

  // A changed row is a new object.
  const stops = [onRefresh(() => void read()), watch(row, (now, before) => now && before && void read())];
  onBeforeUnmount(() => stops.forEach((stop) => stop()));
  void read();
  return { row, data, problem, gone, read };
}
