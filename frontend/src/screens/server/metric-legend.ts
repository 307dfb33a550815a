/** What the legend of a chart says about the time at the pointer, or about the newest samples. Pure. */
import { moment } from "../../words/format.ts";
import type { Comparison, Source } from "./comparison.ts";
import { figureOf, labelOf } from "./figures.ts";
import { styleOf, type LineStyle } from "./line-styles.ts";
import { newestAt, sampleAt, type Drawing, type Line } from "./metric-data.ts";

export interface LegendRow {
  key: string;
  name: string;
  value: string;
  note: string; // how far values went, or when an earlier one was
  style: LineStyle;
}

/** Times of two spans belong together: without a pointer, the newest of this one is looked at in both. */
function placeOf(line: Line, { times, lines }: Drawing, kind: Comparison["kind"], pointed: number | null): number | null {
  const newest = kind === "span" && lines[0] ? newestAt(lines[0]) : null;
  const at = pointed ?? newest;
  return at === null ? newestAt(line) : sampleAt(line, times, at);
}

function rangeOf(line: Line, at: number | null, unit: string): string {
  if (at === null || line.source > 0) return "";
  const [least, most] = [line.low[at] ?? null, line.high[at] ?? null].map((value) => figureOf(value, unit));
  return least === most ? "" : `${least} – ${most}`;
}

export function legendOf(
  drawing: Drawing,
  kind: Comparison["kind"],
  sources: readonly Source[],
  pointed: number | null,
): LegendRow[] {
  return drawing.lines.map((line, index) => {
    const at = placeOf(line, drawing, kind, pointed);
    const source = sources[line.source];
    const time = at === null ? undefined : drawing.times[at];
    const when = source?.back && time !== undefined ? moment(time * 1000 - source.back) : "";
    return {
      key: `${source?.key ?? ""} ${line.metric}`,
      name: kind === "none" ? labelOf(line.metric) : (source?.name ?? ""),
      value: figureOf(at === null ? null : (line.mean[at] ?? null), drawing.unit),
      note: when || rangeOf(line, at, drawing.unit),
      style: styleOf(kind, line, index),
    };
  });
}
