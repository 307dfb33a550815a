/**
 * Draws hours or days as bars: what was up from the top, what was lost from the bottom, so that an outage is told by
 * shape as well as by colour. Where a row has no room for all of them, they go on in the next.
 */
import type { PeriodRow } from "../wire/history-types.ts";
import { colour } from "./colours.ts";

export type Tone = "up" | "pending" | "down" | "maintenance" | "nothing";

export interface Look {
  tone: Tone; // of what was lost; "up" when nothing was
  lost: number; // height of it, 0…1
}

const LEAST_LOST = 0.14; // an outage of a minute is seen
const SERIOUS = 0.05; // of the checks
const LEAST_STEP = 2.6; // pixels for a bar with its gap
const ROW_GAP = 4;

export function lookOf([, uptime, outages, , , , , maintenance]: PeriodRow): Look {
  if (uptime === null) {
    if (outages > 0) return { tone: "down", lost: 1 };
    return { tone: maintenance ? "maintenance" : "nothing", lost: 0 };
  }
  const lost = 1 - uptime;
  if (lost === 0 && outages === 0) return { tone: "up", lost: 0 };
  return { tone: lost >= SERIOUS ? "down" : "pending", lost: Math.max(LEAST_LOST, lost) };
}

export interface Grid {
  rows: number;
  columns: number;
  step: number; // pixels, as what follows
  gap: number;
  height: number; // of a row
}

export function gridOf(count: number, width: number, height: number): Grid {
  const rows = Math.max(1, Math.ceil((count * LEAST_STEP) / Math.max(1, width)));
  const columns = Math.max(1, Math.ceil(count / rows));
  const step = width / columns;
  return { rows, columns, step, gap: Math.min(3, step / 3), height: (height - (rows - 1) * ROW_GAP) / rows };
}

/** Index of the bar at a point; -1 where there is none. The last row is filled up to its end. */
export function periodAt(x: number, y: number, count: number, width: number, height: number): number {
  const grid = gridOf(count, width, height);
  const row = Math.min(grid.rows - 1, Math.floor(y / (grid.height + ROW_GAP)));
  const index = row * grid.columns + Math.floor(x / grid.step) - (grid.rows * grid.columns - count);
  return x >= 0 && y >= 0 && x < width && index >= 0 && index < count ? index : -1;
}

export function drawPeriods(canvas: HTMLCanvasElement, looks: readonly Look[], marked: number): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext("2d");
  if (!context || width === 0) return;
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  context.scale(scale, scale);
  const grid = gridOf(looks.length, width, height);
  const bar = grid.step - grid.gap;
  const empty = grid.rows * grid.columns - looks.length;
  const piece = (x: number, top: number, size: number, tone: Tone): void => {
    context.fillStyle = colour(tone);
    context.beginPath();
    context.roundRect(x, top, bar, size, Math.min(3, bar / 2, size / 2));
    context.fill();
  };
  looks.forEach(({ tone, lost }, index) => {
    const place = index + empty;
    const x = (place % grid.columns) * grid.step;
    const top = Math.floor(place / grid.columns) * (grid.height + ROW_GAP);
    const full = grid.height - 3; // room for the mark
    if (tone === "nothing") piece(x, top + full * 0.42, full * 0.16, tone);
    else if (tone === "maintenance") piece(x, top + full * 0.3, full * 0.4, tone);
    else if (lost === 0) piece(x, top, full, "up");
    else {
      const low = Math.max(2, full * lost);
      if (full - low > 3) piece(x, top, full - low - 1, "up");
      piece(x, top + full - low, low, tone);
    }
    if (index === marked) {
      context.fillStyle = colour("text");
      context.fillRect(x, top + full + 1, Math.max(2, bar), 2);
    }
  });
}
