/** Which lines of a long list are drawn: those in view and a few around them. */
export interface RowRange {
  first: number;
  last: number; // exclusive
}

export const OVERSCAN = 6; // lines above and below, so that a wheel tick shows no gap

export function rowsInView(
  scrollTop: number,
  height: number,
  rowHeight: number,
  count: number,
  around = OVERSCAN,
): RowRange {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - around);
  const last = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + around);
  return { first: Math.min(first, count), last: Math.max(last, Math.min(first, count)) };
}

/** Where to scroll so that a line is in view, with `margin` lines of context; unchanged when it is. */
export function scrollFor(index: number, scrollTop: number, height: number, rowHeight: number, margin = 1): number {
  const top = (index - margin) * rowHeight;
  const bottom = (index + 1 + margin) * rowHeight;
  if (top < scrollTop) return Math.max(0, top);
  if (bottom > scrollTop + height) return bottom - height;
  return scrollTop;
}
