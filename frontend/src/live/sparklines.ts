/** The sparklines of the list: asked for from its first opening on. */
import { watch } from "vue";
import { servers } from "../state/servers.ts";
import { SparkStore, type Sparks } from "../state/sparklines.ts";
import { call } from "../wire/socket.ts";
import { onServerRows } from "./server-updates.ts";

export const sparks = new SparkStore(async (uuids) => (await call<{ sparks: Sparks }>("serverSparks", uuids)).sparks);

onServerRows((rows) => sparks.append(rows));
watch(servers.epoch, () => sparks.clear(), { flush: "sync" });
