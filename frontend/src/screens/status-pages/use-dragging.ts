/** Groups and monitors are dragged, with a mouse, a pen or a finger; Esc lets go. */
import { onBeforeUnmount, shallowRef } from "vue";
import { moveGroup, moveMember, placeOf, type Draft } from "./draft.ts";
import { groupPlace, memberPlace, type Spots } from "./spots.ts";

const SLACK = 5; // px: less is a click
const EDGE = 60; // px of the window's edge where what is below scrolls
const GAP = 6; // px between a group and the line beside it
const SPEED = 14; // px a move

interface Line {
  top: number;
  left: number;
  width: number;
}

interface Options {
  surface: () => HTMLElement | null; // what spots are measured on
  draft: () => Draft | null;
  spots: () => Spots | null;
  drop: (next: Draft | null, key: number) => void;
}

/** What scrolls when the edge is reached. */
function scrolls(element: Element): Element | null {
  for (let up = element.parentElement; up; up = up.parentElement) {
    if (up.scrollHeight > up.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(up).overflowY)) return up;
  }
  return document.scrollingElement;
}

export function useDragging(options: Options) {
  const dragged = shallowRef<number | null>(null); // its key
  const line = shallowRef<Line | null>(null); // where it would go
  let stop = (): void => undefined;

  /** What comes of a drop there, and where the line is drawn; null: it stays. */
  function target(kind: "group" | "member", key: number, y: number): { next: Draft; line: Line } | null {
    const [draft, spots] = [options.draft(), options.spots()];
    if (!draft || !spots) return null;
    if (kind === "group") {
      const others = draft.groups.filter((group) => group.key !== key);
      const place = groupPlace(draft, spots, key, y);
      const [before, after] = [others[place - 1], others[place]].map((one) => one && spots.groups.get(one.key));
      const spot = after ?? before;
      if (!spot || place === draft.groups.findIndex((group) => group.key === key)) return null;
      const top = after ? after.top - GAP : spot.top + spot.height + GAP;
      return { next: moveGroup(draft, key, place), line: { top, left: spot.left, width: spot.width } };
    }
    const place = memberPlace(draft, spots, key, y);
    const from = placeOf(draft, key);
    if (from?.group === place.group && from.member === place.member) return null;
    const group = draft.groups[place.group];
    const box = group && spots.groups.get(group.key);
    if (!box) return null;
    const others = group.monitorList.filter((member) => member.key !== key);
    const [before, after] = [others[place.member - 1], others[place.member]]
      .map((one) => one && spots.members.get(one.key));
    const top = after?.top ?? (before ? before.top + before.height : box.top + box.height - 8);
    return { next: moveMember(draft, key, place), line: { top, left: box.left + 8, width: box.width - 16 } };
  }

  function start(event: PointerEvent, key: number, kind: "group" | "member"): void {
    if (event.button !== 0) return;
    stop();
    const handle = event.currentTarget as HTMLElement;
    const begin = event.clientY;
    let moved = false;
    const scroller = scrolls(handle);

    const at = (move: PointerEvent): ReturnType<typeof target> => {
      const surface = options.surface()?.getBoundingClientRect();
      return surface ? target(kind, key, move.clientY - surface.top) : null;
    };
    const move = (moving: PointerEvent): void => {
      if (!moved && Math.abs(moving.clientY - begin) < SLACK) return;
      if (!moved) {
        moved = true;
        dragged.value = key;
        handle.setPointerCapture(moving.pointerId);
      }
      moving.preventDefault();
      if (moving.clientY < EDGE) scroller?.scrollBy(0, -SPEED);
      else if (moving.clientY > window.innerHeight - EDGE) scroller?.scrollBy(0, SPEED);
      line.value = at(moving)?.line ?? null;
    };
    const end = (ending: PointerEvent): void => {
      const found = moved ? at(ending) : null;
      const dropped = moved;
      stop();
      if (dropped) window.addEventListener("click", swallow, { capture: true, once: true });
      window.setTimeout(() => window.removeEventListener("click", swallow, { capture: true }));
      if (found) options.drop(found.next, key);
    };
    const press = (pressed: KeyboardEvent): void => {
      if (pressed.key !== "Escape") return;
      pressed.stopPropagation();
      stop();
    };
    // What ends a drag is no click.
    const swallow = (click: Event): void => click.stopPropagation();
    const cancel = (): void => stop();
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", cancel);
    window.addEventListener("keydown", press, { capture: true });
    stop = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", cancel);
      window.removeEventListener("keydown", press, { capture: true });
      dragged.value = null;
      line.value = null;
      stop = () => undefined;
    };
  }

  onBeforeUnmount(() => stop());
  return { dragged, line, start };
}
