/** What can be done with a monitor from several places. Every one tells how it ended. */
import { monitors } from "../state/monitors.ts";
import { ask } from "../ui/confirm.ts";
import { toast } from "../ui/toast.ts";
import { call, sentenceOf } from "../wire/socket.ts";
import { t } from "../words/index.ts";

/** Calls and tells; resolves to whether it worked. */
export async function perform(event: string, ...args: unknown[]): Promise<boolean> {
  try {
    const reply = await call<{ msg?: unknown; msgi18n?: boolean }>(event, ...args);
    if (reply.msg) toast(sentenceOf(reply));
    return true;
  } catch (error) {
    toast((error as Error).message, "error");
    return false;
  }
}

export async function pauseOrResume(id: number): Promise<void> {
  const row = monitors.rows.get(id);
  if (!row) return;
  if (row.forceInactive) toast(t("monitor.groupPaused"), "info");
  else await perform(row.active ? "pauseMonitor" : "resumeMonitor", id);
}

export async function deleteMonitor(id: number): Promise<boolean> {
  const row = monitors.rows.get(id);
  if (!row) return false;
  const { yes, option } = await ask({
    title: t("delete.title", { name: row.name }),
    text: t(row.type === "group" ? "delete.groupText" : "delete.text"),
    action: t("common.delete"),
    danger: true,
    ...(row.type === "group" ? { option: t("delete.children") } : {}),
  });
  return yes && perform("deleteMonitor", id, option);
}

export async function clearEvents(id: number): Promise<boolean> {
  const { yes } = await ask({
    title: t("clear.eventsTitle"),
    text: t("clear.eventsText"),
    action: t("clear.action"),
    danger: true,
  });
  return yes && perform("clearEvents", id);
}

export async function clearBeats(id: number): Promise<boolean> {
  const { yes } = await ask({
    title: t("clear.beatsTitle"),
    text: t("clear.beatsText"),
    action: t("clear.action"),
    danger: true,
  });
  return yes && perform("clearHeartbeats", id);
}
