/** The chart's drawing: a uPlot with our colours, shaded trouble, 24-hour times, and another monitor's line. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { axis, timeLabels } from "../../../charts/axes.ts";
import { colour } from "../../../charts/colours.ts";
import { locale } from "../../../words/index.ts";
import type { ChartData, Span } from "./response-data.ts";

const HEIGHT_PX = 240;
const LEAST_DRAG_PX = 6; // less is a click
const DASH = [6, 5];
const ALONE_S = 300;

export interface Drawn {
  data: ChartData;
  other: ChartData | null;
  p95: number | null; // milliseconds
  ends: { from: number; to: number } | null; // seconds; null: from the first point to the last
}

function shade(plot: uPlot, spans: readonly Span[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { from, to, tone } of spans) {
    const left = plot.valToPos(from, "x", true);
    const width = Math.max(2, plot.valToPos(to, "x", true) - left);
    ctx.fillStyle = colour(tone);
    ctx.globalAlpha = 0.16;
    ctx.fillRect(left, bbox.top, width, bbox.height);
    // A solid foot tells a span from the grid where colours do not.
    ctx.globalAlpha = 1;
    ctx.fillRect(left, bbox.top + bbox.height - 4, width, 4);
  }
  ctx.restore();
}

function level(plot: uPlot, value: number | null): void {
  if (value === null || value > (plot.scales.y?.max ?? 0)) return;
  const { ctx, bbox } = plot;
  const y = plot.valToPos(value, "y", true);
  const scale = window.devicePixelRatio || 1;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour("text-soft");
  ctx.setLineDash([2 * scale, 4 * scale]);
  ctx.lineWidth = scale;
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = `${11 * scale}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  ctx.fillText("p95", bbox.left + bbox.width - 4 * scale, y - 4 * scale);
  ctx.restore();
}

function aligned({ data, other }: Drawn): uPlot.AlignedData {
  const own: uPlot.AlignedData = [data.times, data.average, data.high, data.low];
  // Without the other's line its column is empty: the series stay the same.
  return uPlot.join([own, other ? [other.times, other.average] : [[], []]]);
}

export class ResponsePlot {
  private plot: uPlot | null = null;
  private drawn!: Drawn; // from the first `draw` on

  constructor(
    private readonly element: HTMLElement,
    private readonly onPoint: (time: number | null) => void,
    private readonly onSelect: (from: number, to: number) => void,
  ) {}

  /** Colours are fixed when a uPlot is made: a new theme needs a new one. */
  draw(drawn: Drawn): void {
    this.plot?.destroy();
    this.drawn = drawn;
    const accent = colour("accent");
    const alone = (): boolean => this.drawn.data.times.length === 1; // no line leads there
    const line = (width: number): uPlot.Series => ({
      stroke: accent,
      width,
      points: { show: width > 0 && alone, size: 7, fill: accent },
      spanGaps: false,
    });
    const band = accent.replace("rgb(", "rgba(").replace(")", ", 0.16)");
    this.plot = new uPlot(
      {
        width: this.element.clientWidth || 600,
        height: HEIGHT_PX,
        padding: [10, 22, 0, 0],
        legend: { show: false },
        cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 7, fill: accent }, y: false },
        scales: {
          x: { range: (plot, low, high) => this.reach(plot.data[0], low, high) },
          y: { range: (_plot, _low, high) => [0, Math.max(10, (high || 0) * 1.12)] },
        },
        axes: [
          { ...axis(28), values: (_plot, splits, _index, _space, step) => timeLabels(step, splits), space: 70 },
          { ...axis(56), values: (_plot, splits) => splits.map((value) => `${value.toLocaleString(locale)} ms`) },
        ],
        series: [{}, line(1.75), line(0), line(0), { ...line(1.75), stroke: colour("maintenance"), dash: DASH }],
        bands: [{ series: [2, 3], fill: band }],
        hooks: {
          drawClear: [(plot) => shade(plot, this.drawn.data.spans)],
          draw: [(plot) => level(plot, this.drawn.p95)],
          setCursor: [
            (plot) => this.onPoint(typeof plot.cursor.idx === "number" ? (plot.data[0][plot.cursor.idx] ?? null) : null),
          ],
          setSelect: [(plot) => this.select(plot)],
        },
      },
      aligned(drawn),
      this.element,
    );
  }

  /** New values under the same pointer. */
  update(drawn: Drawn): void {
    this.drawn = drawn;
    this.plot?.setData(aligned(drawn));
  }

  /** From where to where, in seconds; a single point stands in the middle of some minutes. */
  private reach(times: ArrayLike<number>, low: number, high: number): [number, number] {
    const { ends } = this.drawn;
    if (ends) return [ends.from, ends.to];
    const only = times.length === 1 ? times[0] : undefined;
    return only === undefined ? [low, high] : [only - ALONE_S, only + ALONE_S];
  }

  private select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < LEAST_DRAG_PX) return;
    this.onSelect(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  }

  resize(): void {
    this.plot?.setSize({ width: this.element.clientWidth, height: HEIGHT_PX });
  }

  destroy(): void {
    this.plot?.destroy();
    this.plot = null;
  }
}
