/** The chart's drawing: a uPlot with our colours, shaded trouble and 24-hour times. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { axis, timeLabels } from "../../charts/axes.ts";
import { colour } from "../../charts/colours.ts";
import { locale, t } from "../../words/index.ts";
import type { ChartData, Span } from "./response-data.ts";

const HEIGHT_PX = 240;

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

const aligned = ({ times, average, high, low }: ChartData): uPlot.AlignedData => [times, average, high, low];

export class ResponsePlot {
  private plot: uPlot | null = null;
  private spans: readonly Span[] = [];

  constructor(
    private readonly element: HTMLElement,
    private readonly onPoint: (index: number | null) => void,
  ) {}

  /** Colours are fixed when a uPlot is made: a new theme needs a new one. */
  draw(data: ChartData, labels: { average: string; high: string; low: string }): void {
    this.plot?.destroy();
    this.spans = data.spans;
    const accent = colour("accent");
    const line = (label: string, faint: boolean): uPlot.Series => ({
      label,
      stroke: accent,
      width: faint ? 0 : 1.75,
      points: { show: false },
      spanGaps: false,
    });
    const band = accent.replace("rgb(", "rgba(").replace(")", ", 0.16)");
    this.plot = new uPlot(
      {
        width: this.element.clientWidth || 600,
        height: HEIGHT_PX,
        padding: [10, 8, 0, 0],
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { size: 7, fill: accent }, y: false },
        scales: { y: { range: (_plot, _low, high) => [0, Math.max(10, (high || 0) * 1.12)] } },
        axes: [
          { ...axis(28), values: (_plot, splits, _index, _space, step) => timeLabels(step, splits), space: 70 },
          {
            ...axis(56),
            values: (_plot, splits) => splits.map((value) => `${value.toLocaleString(locale)} ${t("unit.millisecond")}`),
          },
        ],
        series: [{}, line(labels.average, false), line(labels.high, true), line(labels.low, true)],
        bands: [{ series: [2, 3], fill: band }],
        hooks: {
          drawClear: [(plot) => shade(plot, this.spans)],
          setCursor: [(plot) => this.onPoint(plot.cursor.idx ?? null)],
        },
      },
      aligned(data),
      this.element,
    );
  }

  /** New values under the same pointer. */
  update(data: ChartData): void {
    this.spans = data.spans;
    this.plot?.setData(aligned(data));
  }

  resize(): void {
    this.plot?.setSize({ width: this.element.clientWidth, height: HEIGHT_PX });
  }

  destroy(): void {
    this.plot?.destroy();
    this.plot = null;
  }
}
