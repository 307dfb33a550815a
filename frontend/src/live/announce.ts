/** Says aloud (to a screen reader) what went down and came back, not more often than can be followed. */
import { shallowRef } from "vue";
import type { Change } from "../state/monitors.ts";
import { statusOf, type ServerChange } from "../state/servers.ts";
import type { Cause, ServerRow } from "../wire/server-types.ts";
import { t } from "../words/index.ts";

const PAUSE_MS = 3000; // shorter, and one message cuts off the one before
const NAMES = 3; // more are counted, not named

export const announcement = shallowRef("");

// In the order they are said in.
const KINDS = ["down", "up", "offline", "back", "alert", "fine"] as const;
type Kind = (typeof KINDS)[number];

/** What is not said yet: monitors by id, servers by uuid, with their names. */
const waiting = Object.fromEntries(KINDS.map((kind) => [kind, new Map()])) as Record<Kind, Map<number | string, string>>;
const causes = new Map<string, Set<Cause>>(); // of the alerts among them
let timer = 0;

/** Collects; a monitor that came back before anything was said is not mentioned as down. */
export function announceChanges(changes: readonly Change[]): void {
  for (const { row, from, to } of changes) {
    if (to === "down") begin("down", "up", row.id, row.name);
    else if (to === "up" && from !== "unknown" && from !== "paused") {
      end("down", "up", row.id, row.name, from === "down");
    }
  }
  schedule();
}

/** The same for servers, and which alerts they have. */
export function announceServers(changes: readonly ServerChange[]): void {
  for (const { before, row } of changes) if (before) takeServer(before, row);
  schedule();
}

function takeServer(before: ServerRow, row: ServerRow): void {
  const { uuid, name } = row;
  const [from, to] = [statusOf(before), statusOf(row)];
  if (to === "maintenance") return;
  if (to === "down") {
    if (from !== "down") begin("offline", "back", uuid, name);
    return;
  }
  if (from === "down") end("offline", "back", uuid, name, true);
  const fresh = alertsOf(row).filter((cause) => from === "maintenance" || !before.alerts.includes(cause));
  if (fresh.length) {
    causes.set(uuid, new Set([...(causes.get(uuid) ?? []), ...fresh]));
    begin("alert", "fine", uuid, name);
  } else if (!alertsOf(row).length) {
    end("alert", "fine", uuid, name, from === "pending" && alertsOf(before).length > 0);
  }
}

/** Silence has words of its own: a server that is offline, and one that reports again. */
const alertsOf = (row: ServerRow): Cause[] => row.alerts.filter((cause) => cause !== "downtime");

function begin(kind: Kind, opposite: Kind, key: number | string, name: string): void {
  waiting[kind].set(key, name);
  waiting[opposite].delete(key);
}

function end(kind: Kind, opposite: Kind, key: number | string, name: string, wasSaid: boolean): void {
  if (!waiting[kind].delete(key) && wasSaid) waiting[opposite].set(key, name);
}

const isWaiting = (): boolean => KINDS.some((kind) => waiting[kind].size > 0);

function schedule(): void {
  if (isWaiting() && !timer) timer = window.setTimeout(speak, PAUSE_MS / 6);
}

function sentence(kind: Kind): string {
  const names = [...waiting[kind].values()];
  const shown = names.slice(0, NAMES).join(", ");
  const rest = names.length - NAMES;
  const list = rest > 0 ? t("announce.more", { names: shown, count: rest }) : shown;
  return t(`announce.${kind}`, { names: list, count: names.length, causes: causesOf(kind) });
}

/** Causes are named when it is one server that has them; a list of both could not be followed. */
function causesOf(kind: Kind): string {
  const [only, ...others] = kind === "alert" ? waiting.alert.keys() : [];
  if (only === undefined || others.length) return "";
  return [...(causes.get(String(only)) ?? [])].map((cause) => t(`cause.${cause}`)).join(", ");
}

function speak(): void {
  announcement.value = KINDS.filter((kind) => waiting[kind].size).map(sentence).join(" ");
  for (const kind of KINDS) waiting[kind].clear();
  causes.clear();
  timer = window.setTimeout(() => {
    timer = 0;
    if (isWaiting()) speak();
  }, PAUSE_MS);
}
