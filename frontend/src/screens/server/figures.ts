/** Names and figures of metrics as people read them. */
import { bytes, share } from "../../words/format.ts";
import { lookUp, t } from "../../words/index.ts";
import type { ChartPlan } from "./metric-data.ts";

const SAY_ALL = new Set(["net_in", "net_out"]); // their names hold the name of their chart

/** "Load, 1 min", "/home", "cpu". */
export function labelOf(metric: string): string {
  const instance = /\[(.+)\]$/.exec(metric)?.[1];
  return instance ?? lookUp(`metric.${metric}`, metric);
}

/** "Memory"; of a chart for one of several: "Disk traffic · Read". */
export function titleOf({ name, part }: Pick<ChartPlan, "name" | "part">): string {
  if (part === undefined) return t(`chart.${name}`);
  return SAY_ALL.has(part) ? labelOf(part) : t("chart.part", { chart: t(`chart.${name}`), part: labelOf(part) });
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
