/** Names and values of metrics as people read them. */
import { bytes, share } from "../../words/format.ts";
import { locale, lookUp, t } from "../../words/index.ts";
import type { ChartPlan, TimeSpan } from "./charts/metric-data.ts";

const WHEN = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const when = new Intl.DateTimeFormat(locale, WHEN);
const whenWithYear = new Intl.DateTimeFormat(locale, { ...WHEN, year: "numeric" });

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

/** "Nov 22, 09:11 – 11:11"; with the year when it is not this one. */
export function spanOf([from, to]: TimeSpan, now = new Date()): string {
  const sameYear = [from, to].every((time) => new Date(time).getFullYear() === now.getFullYear());
  return (sameYear ? when : whenWithYear).formatRange(from, to);
}

export function valueText(value: number | null, unit: string): string {
  if (value === null) return "–";
  if (unit === "%") return share(value);
  if (unit === "bytes") return bytes(value);
  if (unit === "bytes/s") return t("unit.perSecond", { amount: bytes(value) });
  if (unit === "MB/s") return t("unit.perSecond", { amount: bytes(value * 1e6) });
  const rounded = Number(value.toPrecision(value >= 100 ? 4 : 3));
  return unit === "°C" ? t("unit.degrees", { value: rounded }) : rounded.toLocaleString(locale);
}
