/** A backup that has to come to the server before it is put back: from this browser, or from a place. */
import { computed, shallowRef } from "vue";
import { call } from "../../../wire/socket.ts";
import { sendInPieces, toServer } from "./upload.ts";

export interface RestoreState {
  stage: "idle" | "uploading" | "fetching" | "unpacking" | "failed" | "done";
  id: string; // the file is here, or is being sent
  name: string;
  size: number;
  received: number;
  done: number;
  total: number;
  problem: string;
}

export const restoring = shallowRef<RestoreState | null>(null);
export const sending = shallowRef<AbortController | null>(null);

/** How far it is, in percent. */
export const share = computed(() => {
  const it = restoring.value;
  if (!it) return 0;
  const [done, total] = it.stage === "uploading" ? [it.received, it.size] : [it.done, it.total];
  return total ? (done / total) * 100 : 0;
});

export async function changeRestore(event: string, ...values: unknown[]): Promise<RestoreState> {
  return (restoring.value = (await call<{ restore: RestoreState }>(event, ...values)).restore);
}

/** Sends a file; the id of the upload, or null when somebody has stopped it. */
export async function upload(file: File): Promise<string | null> {
  const stop = (sending.value = new AbortController());
  try {
    const { id } = await changeRestore("beginRestore", file.size, file.name);
    const said = (received: number): void => {
      if (restoring.value?.id === id) restoring.value = { ...restoring.value, received };
    };
    await sendInPieces(file, toServer("restore", id), said, stop.signal);
    return stop.signal.aborted ? null : id;
  } finally {
    sending.value = null;
  }
}
