/** A server in a few words. */
import type { ServerRow } from "../wire/server-types.ts";
import { bytes, duration } from "../words/format.ts";
import { t } from "../words/index.ts";

export type Level = "near" | "over";
const NEAR = 0.85; // of the way to a threshold: it may be reached soon

/** How a share (percent) stands to its threshold: above it, near it, or neither. */
export function levelOf(value: number | null, threshold: number, alerts = false): Level | undefined {
  if (alerts || (value !== null && value > threshold)) return "over";
  return value !== null && value >= threshold * NEAR ? "near" : undefined;
}

// Hosts report once a minute. After a start of its own the server waits before it calls one offline.
const SILENT_MS = 5 * 60_000;

/** Whether what it said last may not be so any more. */
export const isSilent = ({ status, lastSeen }: Pick<ServerRow, "status" | "lastSeen">, now: number): boolean =>
  status === "offline" || now - lastSeen > SILENT_MS;

/** What is wrong, or what it runs and for how long. */
export function stateOf(row: ServerRow): string {
  if (row.maintenance) return t("status.maintenance");
  if (row.status === "offline") return t("servers.silent");
  if (row.alerts.length) return row.alerts.map((cause) => t(`cause.${cause}`)).join(", ");
  const parts = [row.operatingSystem ?? ""];
  if (row.uptime) parts.push(t("servers.upFor", { time: duration(row.uptime) }));
  return parts.filter(Boolean).join(" · ");
}

const speed = (value: number | null): string => t("unit.perSecond", { amount: bytes((value ?? 0) * 1e6) });

/** Network traffic, in and out: a line each. */
export function speedsOf({ netIn, netOut }: Pick<ServerRow, "netIn" | "netOut">): string[] {
  if (netIn === null && netOut === null) return [];
  return [t("servers.netIn", { speed: speed(netIn) }), t("servers.netOut", { speed: speed(netOut) })];
}
