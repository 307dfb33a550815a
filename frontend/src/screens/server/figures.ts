/** Names and figures of metrics as people read them. */
import { bytes, share } from "../../words/format.ts";
import { lookUp, t } from "../../words/index.ts";

/** "Load, 1 min", "/home", "cpu". */
export function labelOf(metric: string): string {
  const instance = /\[(.+)\]$/.exec(metric)?.[1];
  return instance ?? lookUp(`metric.${metric}`, metric);
}

export function figureOf(value: number | null, unit: string): string {
  if (value === null) return "–";
  if (unit === "%") return share(value);
  if (unit === "bytes") return bytes(value);
  if (unit === "bytes/s") return t("unit.perSecond", { amount: bytes(value) });
  if (unit === "MB/s") return t("unit.perSecond", { amount: bytes(value * 1e6) });
  const text = Number(value.toPrecision(value >= 100 ? 4 : 3)).toLocaleString();
  return unit === "°C" ? `${text} °C` : text;
}
