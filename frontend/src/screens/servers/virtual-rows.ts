/** The rows of a list that are in view, when the list is part of a screen that scrolls as a whole. */
import { computed, nextTick, onBeforeUnmount, shallowRef, watch, type ComputedRef, type ShallowRef } from "vue";
import { rowsInView, scrollFor, type RowRange } from "../../ui/virtual-list.ts";

interface Place {
  top: number; // how far the list is scrolled behind the upper edge; negative: it begins below
  height: number; // of what one sees at once
  row: number;
}

export interface VirtualRows {
  shown: ComputedRef<RowRange>;
  rowHeight: ComputedRef<number>;
  reveal: (index: number) => Promise<void>;
  scrolled: () => number;
  scrollTo: (top: number) => void;
}

const NOWHERE: Place = { top: 0, height: 0, row: 1 };

/** @param list has the height of all its rows; its `--row-height` (px) says how high one is in the layout that holds */
export function useVirtualRows(list: Readonly<ShallowRef<HTMLElement | null>>, count: () => number): VirtualRows {
  const place = shallowRef<Place>(NOWHERE);
  let scroller: HTMLElement | null = null;

  function measure(): void {
    const box = list.value;
    if (!box || !scroller) return;
    const top = scroller.getBoundingClientRect().top - box.getBoundingClientRect().top;
    const row = parseFloat(getComputedStyle(box).getPropertyValue("--row-height"));
    const now = { top, height: scroller.clientHeight, row };
    if (now.top !== place.value.top || now.height !== place.value.height || now.row !== place.value.row) place.value = now;
  }

  // What stands above the list may grow and push it down.
  const observer = new ResizeObserver(measure);

  function stop(): void {
    observer.disconnect();
    scroller?.removeEventListener("scroll", measure);
  }

  watch(list, (box) => {
    stop();
    scroller = box?.closest<HTMLElement>("#detail") ?? null;
    if (!box?.parentElement || !scroller) return;
    observer.observe(scroller);
    observer.observe(box.parentElement);
    scroller.addEventListener("scroll", measure, { passive: true });
    measure();
  }, { flush: "post" });
  onBeforeUnmount(stop);

  const shown = computed(() => rowsInView(place.value.top, place.value.height, place.value.row, count()));
  const rowHeight = computed(() => place.value.row);

  /** Scrolls a row into view; resolves when it is there. */
  async function reveal(index: number): Promise<void> {
    const { top, height, row } = place.value;
    if (scroller) scroller.scrollTop += scrollFor(index, top, height, row) - top;
    measure();
    await nextTick();
  }

  const scrolled = (): number => scroller?.scrollTop ?? 0;
  function scrollTo(top: number): void {
    if (scroller) scroller.scrollTop = top;
    measure();
  }

  return { shown, rowHeight, reveal, scrolled, scrollTo };
}
