import { expect, it } from "vitest";
import { panned, placed } from "./picture.ts";

const middle = { x: 0.5, y: 0.5, zoom: 1 };

it("shows a whole picture in the middle", () => {
  expect(placed(middle, 400, 200, 100)).toEqual([0, 25, 100, 50]);
  expect(placed(middle, 50, 100, 200)).toEqual([50, 0, 100, 200]);
});

it("cuts a square out of one that is larger, and never shows what is beside it", () => {
  expect(placed({ ...middle, zoom: 2 }, 400, 200, 100)).toEqual([-50, 0, 200, 100]);
  expect(placed({ x: 0, y: 0, zoom: 2 }, 400, 200, 100)[0]).toBe(0);
  expect(placed({ x: 1, y: 1, zoom: 2 }, 400, 200, 100)[0]).toBe(-100);
});

it("moves with what drags it, up to the edge", () => {
  const moved = panned({ ...middle, zoom: 2 }, 400, 200, 100, 20, 999);
  expect(moved).toEqual({ x: 0.4, y: 0.5, zoom: 2 });
  expect(panned(moved, 400, 200, 100, 500, 0).x).toBe(0.25);
});
