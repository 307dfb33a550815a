/** Whether there has been no connection for so long that what is shown must not pass for live. */
import { shallowRef, watch, type ShallowRef } from "vue";
import { connection } from "../wire/socket.ts";

export const OFFLINE_AFTER_MS = 10_000;

const since = shallowRef<number | null>(null);

/** When the connection was lost, in ms since 1970 by the browser's clock; null while what is shown is live. */
export const offlineSince: Readonly<ShallowRef<number | null>> = since;

let timer: ReturnType<typeof setTimeout> | undefined;
let lost = 0;

watch(connection, (now, before) => {
  if (now === "online") {
    clearTimeout(timer);
    timer = undefined;
    since.value = null;
  } else if (before === "online") {
    lost = Date.now();
    clearTimeout(timer);
    timer = setTimeout(() => (since.value = lost), OFFLINE_AFTER_MS);
  }
}, { flush: "sync" });
