/** What the legend of a chart says about the time at the pointer, or about the newest samples. Pure. */
import { bytes, moment } from "../../../words/format.ts";
import { t } from "../../../words/index.ts";
import { valueText, labelOf } from "../metric-format.ts";
import type { Comparison, Source } from "./comparison.ts";
import { styleOf, type LineStyle } from "./line-styles.ts";
import { newestAt, sampleAt, type Drawing, type Line } from "./metric-data.ts";

export interface LegendRow {
  key: string;
  name: string;
  value: string;
  note: string; // of which values it is the average, or when an earlier one was
  style: LineStyle;
}

/** The newest sample of each metric that is known without a chart. */
export type Newest = Readonly<Record<string, number | null>> | null;

/** Times of two spans belong together: without a pointer, the newest of this one is looked at in both. */
function placeOf(line: Line, { times, lines }: Drawing, kind: Comparison["kind"], pointed: number | null): number | null {
  const newest = kind === "span" && lines[0] ? newestAt(lines[0]) : null;
  const at = pointed ?? newest;
  return at === null ? newestAt(line) : sampleAt(line, times, at);
}

/** A figure without the unit it shares with others: "4.26" of "4.26 MB/s". */
const bare = (figure: string, unit: string): string => figure.slice(0, figure.length - unit.length);

function rangeOf(line: Line, at: number | null, unit: string): string {
  if (at === null || line.source > 0) return "";
  const [value, least, most] = [line.mean, line.low, line.high].map((column) => valueText(column[at] ?? null, unit));
  if (value === undefined || least === undefined || most === undefined || least === most) return "";
  const shared = / .+$/.exec(value)?.[0] ?? "";
  const all = least.endsWith(shared) && most.endsWith(shared) ? shared : "";
  return t("chart.averageOf", { least: bare(least, all), most: bare(most, all) });
}

/** "600 GB of 1 TB". */
function amountOf({ mean, total }: Line, at: number | null): string {
  const [share, whole] = at === null ? [] : [mean[at], total[at]];
  if (typeof share !== "number" || typeof whole !== "number") return "";
  return t("host.of", { used: bytes((share / 100) * whole), total: bytes(whole) });
}

export function legendOf(
  drawing: Drawing,
  kind: Comparison["kind"],
  sources: readonly Source[],
  pointed: number | null,
  newest: readonly Newest[] = [],
): LegendRow[] {
  return drawing.lines.map((line, index) => {
    const at = placeOf(line, drawing, kind, pointed);
    const source = sources[line.source];
    const time = at === null ? undefined : drawing.times[at];
    const sample = pointed === null && at !== null && kind !== "span" ? newest[line.source]?.[line.metric] : undefined;
    const when = source?.back && time !== undefined ? moment(time * 1000 - source.back) : "";
    return {
      key: `${source?.key ?? ""} ${line.metric}`,
      name: kind === "none" ? labelOf(line.metric) : (source?.name ?? ""),
      value: valueText(sample ?? (at === null ? null : (line.mean[at] ?? null)), drawing.unit),
      note: when || amountOf(line, at) || (typeof sample === "number" ? "" : rangeOf(line, at, drawing.unit)),
      style: styleOf(kind, line, index),
    };
  });
}
