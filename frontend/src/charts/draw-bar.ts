/**
 * Draws a beat bar. Status is told by shape as well as by colour: an up beat is a full pill, a down beat is
 * broken in the middle, a pending one is shorter, one under maintenance shorter still.
 */
import type { StatusCode } from "../wire/types.ts";
import { colour } from "./colours.ts";

const TOKENS = ["down", "up", "pending", "maintenance"] as const;
const EMPTY_HEIGHT = 0.2; // no beat yet: a dot, so that it is not taken for one
const HEIGHTS = [1, 1, 0.62, 0.36] as const;
const BREAK = 3; // in the middle of one that is down

export interface BarShape {
  pill: number; // width of a beat in CSS pixels
  gap: number;
}

export const fitting = (width: number, { pill, gap }: BarShape): number =>
  Math.max(1, Math.floor((width + gap) / (pill + gap)));

export function drawBar(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  statuses: readonly StatusCode[],
  shape: BarShape,
  marked = -1,
): void {
  const context = canvas.getContext("2d");
  if (!context || width === 0) return;
  const scale = window.devicePixelRatio || 1;
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const slots = fitting(width, shape);
  const step = shape.pill + shape.gap;
  const left = width - slots * step + shape.gap;
  const offset = slots - statuses.length;
  // One fill for each status: thirty a bar and forty bars at a time are felt while somebody types.
  for (const status of new Set([...(offset > 0 ? [undefined] : []), ...statuses])) {
    context.fillStyle = colour(status === undefined ? "nothing" : TOKENS[status]);
    context.beginPath();
    for (let slot = 0; slot < slots; slot += 1) {
      if (statuses[slot - offset] === status) addPill(context, left + slot * step, height, shape.pill, status);
    }
    context.fill();
  }
  if (marked >= 0 && marked + offset < slots) {
    context.fillStyle = colour("text");
    context.fillRect(left + (marked + offset) * step, height - 1, shape.pill, 1);
  }
}

function addPill(path: CanvasPath, x: number, room: number, width: number, status: StatusCode | undefined): void {
  const size = (status === undefined ? EMPTY_HEIGHT : HEIGHTS[status]) * (room - 2);
  if (status === 0) {
    const half = (size - BREAK) / 2;
    path.roundRect(x, 1, width, half, width / 2);
    path.roundRect(x, 1 + half + BREAK, width, half, width / 2);
  } else {
    path.roundRect(x, (room - size) / 2, width, size, width / 2);
  }
}

export type PillKind = (typeof TOKENS)[number] | "nothing";

/**
 * The same shapes as lines for an SVG, which round caps make pills: one path of each kind that occurs, the newest beat
 * at the right. A list draws with these: every canvas would be a layer of its own, for the browser to put together.
 * @param slots places there are; those before the first beat show that there is nothing yet
 */
export function pillPaths(
  statuses: readonly StatusCode[],
  slots: number,
  height: number,
  shape: BarShape,
): [PillKind, string][] {
  const paths = new Map<PillKind, string>();
  const cap = shape.pill / 2;
  const line = (x: number, from: number, length: number): string =>
    `M${x} ${round(from + cap)}v${round(Math.max(0, length - shape.pill))}`;
  for (let slot = 0; slot < slots; slot += 1) {
    const status = statuses[statuses.length - slots + slot];
    const kind = status === undefined ? "nothing" : TOKENS[status];
    const size = (status === undefined ? EMPTY_HEIGHT : HEIGHTS[status]) * (height - 2);
    const x = slot * (shape.pill + shape.gap) + cap;
    const half = (size - BREAK) / 2;
    const drawn = status === 0 ? line(x, 1, half) + line(x, 1 + half + BREAK, half) : line(x, (height - size) / 2, size);
    paths.set(kind, (paths.get(kind) ?? "") + drawn);
  }
  return [...paths];
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Index of the beat under a point; -1 where there is none. */
export function beatAt(x: number, width: number, count: number, shape: BarShape): number {
  const slots = fitting(width, shape);
  const step = shape.pill + shape.gap;
  const slot = Math.floor((x - (width - slots * step + shape.gap)) / step);
  const index = slot - (slots - count);
  return slot >= 0 && slot < slots && index >= 0 && index < count ? index : -1;
}
