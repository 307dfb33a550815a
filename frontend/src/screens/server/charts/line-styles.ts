/** How lines differ for everybody: a colour and a pattern each. */
import type { Comparison } from "./comparison.ts";
import type { Line } from "./metric-data.ts";

export interface LineStyle {
  token: string; // of a colour
  dash: readonly number[];
  opacity: number;
}

const style = (token: string, dash: readonly number[] = [], opacity = 1): LineStyle => ({ token, dash, opacity });

const OWN = style("accent");
const METRICS: readonly LineStyle[] = [
  OWN,
  style("maintenance", [7, 4]),
  style("pending", [2, 3]),
  style("down", [10, 3, 2, 3]),
  style("up", [4, 2]),
  style("paused", [1, 2]),
];
// Without red: that is the threshold.
const SERVERS: readonly LineStyle[] = [
  OWN,
  style("maintenance", [7, 4]),
  style("pending", [2, 3]),
  style("text-soft", [10, 3, 2, 3]),
];
const EARLIER = style("accent", [5, 3], 0.65);

export const serverStyle = (source: number): LineStyle => SERVERS[source % SERVERS.length] ?? OWN;

/** The style of a chart's line at `index`, by what the chart compares. */
export function styleOf(kind: Comparison["kind"], { source }: Pick<Line, "source">, index: number): LineStyle {
  if (kind === "servers") return serverStyle(source);
  if (kind === "span") return source === 0 ? OWN : EARLIER;
  return METRICS[index % METRICS.length] ?? OWN;
}
