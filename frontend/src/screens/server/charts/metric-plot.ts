/** The drawing of one chart of a server: lines, their range, the threshold; dragging chooses a span. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { axis, timeLabels } from "../../../charts/axes.ts";
import { colour } from "../../../charts/colours.ts";
import type { LineStyle } from "./line-styles.ts";
import type { Drawing, Line, Threshold } from "./metric-data.ts";

const HEIGHT_PX = 170;
const LABEL_PX = 48; // "09:15:30", in the middle of its time
const LEAST_DRAG_PX = 8; // shorter is a click
const SHOW_LIMIT_FROM = 0.4; // a rate's threshold is drawn when the values come this near
const LEAST_BYTES = 1e6; // of an axis without values: half a byte is none
const WIDTH_PX = 1.75;
const BAND_OPACITY = 0.16;
const LIMIT_PX = 13; // height of a threshold's words

export interface Look {
  percent: boolean;
  styles: readonly LineStyle[]; // of the lines, in their order
  figure: (value: number) => string;
  limit: (threshold: Threshold) => string; // words beside it
}

interface Wishes {
  point: (index: number | null) => void;
  zoom: (from: number, to: number) => void; // ms
  leave: () => void; // a zoom
}

/** Only the server's own lines show how far values went: more ranges hide each other. */
const columnsOf = ({ source, mean, high, low }: Line) => (source === 0 ? [mean, high, low] : [mean]);

const flat = ({ times, lines }: Drawing): uPlot.AlignedData =>
  [times, ...lines.flatMap(columnsOf)] as uPlot.AlignedData;

const faded = (css: string, opacity: number): string =>
  opacity < 1 ? css.replace("rgb(", "rgba(").replace(")", `, ${opacity})`) : css;

function seriesOf(line: Line, { token, dash, opacity }: LineStyle): uPlot.Series[] {
  const series: uPlot.Series = {
    label: line.metric,
    stroke: faded(colour(token), opacity),
    width: WIDTH_PX,
    dash: [...dash],
    points: { show: false },
    spanGaps: false,
  };
  return columnsOf(line).map((_column, index) => (index === 0 ? series : { ...series, width: 0 }));
}

/** The range of every line that has one, between the two columns after its own. */
function bandsOf(lines: readonly Line[], styles: readonly LineStyle[]): uPlot.Band[] {
  let column = 1;
  return lines.flatMap((line, index) => {
    const first = column;
    const count = columnsOf(line).length;
    column += count;
    const fill = faded(colour(styles[index]?.token ?? "accent"), BAND_OPACITY);
    return count > 1 ? [{ series: [first + 1, first + 2] as [number, number], fill }] : [];
  });
}

const PLAIN: LineStyle = { token: "accent", dash: [], opacity: 1 };

export class MetricPlot {
  private plot: uPlot | null = null;
  private drawing: Drawing | null = null;
  private span: readonly [number, number] = [0, 1]; // seconds

  constructor(
    private readonly element: HTMLElement,
    private readonly sync: string,
    private readonly wishes: Wishes,
  ) {}

  /** Colours and lines are fixed when a uPlot is made: a new theme or another line needs a new one. */
  draw(drawing: Drawing, span: readonly [number, number], look: Look): void {
    this.plot?.destroy();
    this.drawing = drawing;
    this.span = [span[0] / 1000, span[1] / 1000];
    this.plot = new uPlot(
      {
        width: this.element.clientWidth || 400,
        height: HEIGHT_PX,
        padding: [10, LABEL_PX / 2, 0, 0],
        legend: { show: false },
        cursor: {
          drag: { x: true, y: false, setScale: false },
          points: { size: 6, show: (_plot, column) => this.dot(column) },
          y: false,
          bind: { dblclick: () => () => (this.wishes.leave(), null) },
          sync: { key: this.sync, setSeries: false },
        },
        scales: {
          x: { range: () => [this.span[0], this.span[1]] },
          y: { range: (_plot, low, high) => this.range(look.percent, low, high) },
        },
        axes: [
          { ...axis(26), values: (_plot, splits, _index, _space, step) => timeLabels(step, splits), space: 68 },
          { ...axis(62), values: (_plot, splits) => splits.map(look.figure), space: 34 },
        ],
        series: [{}, ...drawing.lines.flatMap((line, index) => seriesOf(line, look.styles[index] ?? PLAIN))],
        bands: bandsOf(drawing.lines, look.styles),
        hooks: {
          draw: [(plot) => this.limits(plot, look)],
          setCursor: [(plot) => this.wishes.point(plot.cursor.idx ?? null)],
          setSelect: [(plot) => this.choose(plot)],
        },
      },
      flat(drawing),
      this.element,
    );
  }

  /** New values under the same pointer. */
  update(drawing: Drawing, span: readonly [number, number]): void {
    this.drawing = drawing;
    this.span = [span[0] / 1000, span[1] / 1000];
    this.plot?.setData(flat(drawing));
  }

  resize(): void {
    this.plot?.setSize({ width: this.element.clientWidth, height: HEIGHT_PX });
  }

  destroy(): void {
    this.plot?.destroy();
    this.plot = null;
  }

  /** How far values went shows none at the pointer. */
  private dot(column: number): HTMLElement {
    const dot = document.createElement("div");
    const counts = (this.drawing?.lines ?? []).map((line) => columnsOf(line).length);
    const means = counts.map((_count, line) => counts.slice(0, line).reduce((sum, count) => sum + count, 1));
    dot.hidden = !means.includes(column);
    return dot;
  }

  private range(percent: boolean, low: number | null, high: number | null): [number, number] {
    if (percent) return [0, Math.max(100, high ?? 0)];
    const top = high ?? 0;
    const limits = this.drawing?.thresholds.map(({ value }) => value).filter((value) => top >= value * SHOW_LIMIT_FROM);
    const least = this.drawing?.unit.startsWith("bytes") ? LEAST_BYTES : 1;
    return [Math.min(0, low ?? 0), Math.max(top, ...(limits ?? [])) * 1.12 || least];
  }

  /** Of two, the words of the lower are below it: they may be close. */
  private limits(plot: uPlot, look: Look): void {
    const shown = this.drawing?.thresholds.filter(({ value }) => value <= (plot.scales.y?.max ?? 0)) ?? [];
    shown.forEach((threshold, index) => this.limit(plot, threshold, look, index === 0));
  }

  private limit(plot: uPlot, threshold: Threshold, look: Look, above: boolean): void {
    const { ctx, bbox } = plot;
    const y = Math.round(plot.valToPos(threshold.value, "y", true));
    const ratio = window.devicePixelRatio || 1;
    const own = threshold.line === null ? null : (look.styles[threshold.line] ?? PLAIN);
    ctx.save();
    ctx.strokeStyle = colour(own?.token ?? "down");
    ctx.lineWidth = ratio;
    ctx.setLineDash([4 * ratio, 4 * ratio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.fillStyle = colour(own ? "text" : "down-ink");
    ctx.font = `${11 * ratio}px system-ui, sans-serif`;
    ctx.textAlign = "left";
    ctx.textBaseline = above ? "bottom" : "top";
    const [x, text] = [bbox.left + 4 * ratio, y + (above ? -2 : 3) * ratio];
    const words = look.limit(threshold);
    const ink = ctx.fillStyle;
    ctx.fillStyle = colour("surface");
    const height = LIMIT_PX * ratio;
    ctx.fillRect(x - 2 * ratio, above ? text - height : text - ratio, ctx.measureText(words).width + 4 * ratio, height);
    ctx.fillStyle = ink;
    ctx.fillText(words, x, text);
    ctx.restore();
  }

  private choose(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < LEAST_DRAG_PX) return;
    const [from, to] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.wishes.zoom(Math.round(from * 1000), Math.round(to * 1000));
  }
}
