/** The lines of a list that are in view, when the list is part of a screen that scrolls as a whole. */
import { computed, nextTick, onBeforeUnmount, shallowRef, watch, type ComputedRef, type ShallowRef } from "vue";
import { lineAt } from "./lines.ts";

interface Place {
  top: number; // how far the list is scrolled behind the upper edge; negative: it begins below
  height: number; // of what one sees at once
}

export interface VirtualRows {
  shown: ComputedRef<{ first: number; last: number }>; // lines from `first` to before `last`
  width: ShallowRef<number>; // of the list
  reveal: (line: number) => Promise<void>;
  scrolled: () => number;
  scrollTo: (top: number) => void;
}

const MARGIN = 300; // px above and below what is seen

/** @param tops where every line begins, and at the end where the last one ends (px) */
export function useVirtualRows(list: Readonly<ShallowRef<HTMLElement | null>>, tops: () => readonly number[]): VirtualRows {
  const place = shallowRef<Place>({ top: 0, height: 0 });
  const width = shallowRef(0);
  let scroller: HTMLElement | null = null;

  function measure(): void {
    const box = list.value;
    if (!box || !scroller) return;
    const top = scroller.getBoundingClientRect().top - box.getBoundingClientRect().top;
    const height = scroller.clientHeight;
    if (top !== place.value.top || height !== place.value.height) place.value = { top, height };
    width.value = box.clientWidth;
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

  const shown = computed(() => {
    const { top, height } = place.value;
    const all = tops();
    if (!height) return { first: 0, last: 0 };
    const last = Math.min(all.length - 1, lineAt(all, top + height + MARGIN) + 1);
    return { first: Math.min(last, lineAt(all, top - MARGIN)), last };
  });

  /** Scrolls a line into view; resolves when it is there. */
  async function reveal(line: number): Promise<void> {
    const [above, below] = [tops()[line], tops()[line + 1]];
    if (scroller && above !== undefined && below !== undefined) {
      const { top, height } = place.value;
      if (above < top) scroller.scrollTop += above - top;
      else if (below > top + height) scroller.scrollTop += below - top - height;
    }
    measure();
    await nextTick();
  }

  const scrolled = (): number => scroller?.scrollTop ?? 0;
  function scrollTo(top: number): void {
    if (scroller) scroller.scrollTop = top;
    measure();
  }

  return { shown, width, reveal, scrolled, scrollTo };
}
