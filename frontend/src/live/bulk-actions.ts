/** What can be done with many monitors: one request each, and one sentence about how it ended. */
import { toast } from "../ui/toast.ts";
import { call } from "../wire/socket.ts";
import { t } from "../words/index.ts";

/** As `bulkMonitors` takes them. */
export type BulkChange =
  | { action: "pause" }
  | { action: "resume" }
  | { action: "delete"; children: boolean }
  | { action: "move"; group: number | null }
  | { action: "interval"; seconds: number }
  | { action: "notification"; notification: number; on: boolean };

/** As `maintainMonitors` takes it. */
export type BulkMaintenance = { plan: number } | { title: string; minutes: number | null };

/** Throws WireError, and then nothing was changed. */
export async function changeMonitors(ids: readonly number[], change: BulkChange): Promise<void> {
  const { count } = await call<{ count: number }>("bulkMonitors", ids, change);
  toast(count ? t(`bulk.done.${change.action}`, { count }) : t("bulk.done.nothing"));
}

/** Throws WireError. */
export async function tagMonitors(ids: readonly number[], tag: number, value: string, on: boolean): Promise<void> {
  await call("tagMonitors", tag, value, on ? ids : [], on ? [] : ids);
  toast(t(on ? "bulk.done.tag" : "bulk.done.untag", { count: ids.length }));
}

/** Throws WireError. */
export async function maintainMonitors(ids: readonly number[], plan: BulkMaintenance): Promise<void> {
  const { count } = await call<{ count: number }>("maintainMonitors", ids, plan);
  toast(t("bulk.done.maintenance", { count }));
}
