/** Why an alert of a server opened, in the language of the reader: reads `kuma_lite/servers/alerting/texts.py`. */
import type { Incident } from "../wire/server-types.ts";
import { bytes, duration, written } from "../words/format.ts";
import { t } from "../words/index.ts";

// "CPU is at 95.0 %, above 90 % for 1 hour 5 minutes"; without grace no time is named.
const ABOVE = / is at ([\d.]+) (\S+), above ([\d.e+-]+) \2(?: for (.+))?$/;
const SILENT = /^(?:No reports|Nothing was heard from it) for (.+)$/; // as older ones are stored
const HOURS = /(\d+) hour/;
const MINUTES = /(\d+) minute/;

const seconds = (text: string): number =>
  Number(HOURS.exec(text)?.[1] ?? 0) * 3600 + Number(MINUTES.exec(text)?.[1] ?? 0) * 60;

const amount = (value: string, unit: string): string =>
  unit === "%" ? written(Number(value), 0, 1) : t("unit.perSecond", { amount: bytes(Number(value) * 1e6) });

export function alertText({ cause, error_message: text }: Pick<Incident, "cause" | "error_message">): string {
  const silent = SILENT.exec(text);
  if (silent?.[1]) return t("incident.silentFor", { time: duration(seconds(silent[1])) });
  const [, value, unit, limit, lasted] = ABOVE.exec(text) ?? [];
  if (cause === "downtime" || !value || !unit || !limit) return t(`cause.${cause}`);
  const params = { name: t(`metric.${cause}`), value: amount(value, unit), limit: amount(limit, unit) };
  return lasted ? t("incident.aboveFor", { ...params, time: duration(seconds(lasted)) }) : t("incident.above", params);
}
