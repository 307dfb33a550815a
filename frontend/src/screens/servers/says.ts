/** A server in a few words. */
import type { ServerRow } from "../../wire/server-types.ts";
import { duration } from "../../words/format.ts";
import { t } from "../../words/index.ts";

/** What is wrong, or what it runs and for how long. */
export function stateOf(row: ServerRow): string {
  if (row.maintenance) return t("status.maintenance");
  if (row.status === "offline") return t("servers.silent");
  if (row.alerts.length) return row.alerts.map((cause) => t(`cause.${cause}`)).join(", ");
  const parts = [row.operatingSystem ?? ""];
  if (row.uptime) parts.push(t("servers.upFor", { time: duration(row.uptime) }));
  return parts.filter(Boolean).join(" · ");
}

const figure = (value: number): string => (value < 10 ? value.toFixed(2) : String(Math.round(value)));

/** Network traffic in MB/s, in and out. */
export function speedOf({ netIn, netOut }: Pick<ServerRow, "netIn" | "netOut">): string {
  if (netIn === null && netOut === null) return "";
  return t("servers.net", { in: figure(netIn ?? 0), out: figure(netOut ?? 0) });
}
