/** A press on a row that becomes more than a click: a finger that stays chooses, a mouse that moves takes along. */
import { changeMonitors } from "../../live/bulk-actions.ts";
import { monitors } from "../../state/monitors.ts";
import { selection, toggle } from "../../state/selection.ts";
import { toast } from "../../ui/toast.ts";
import { t } from "../../words/index.ts";
import "./press.css";

const LONG_MS = 500; // as phones have it
const STILL_PX = 10; // a finger that stays moves this far
const DRAG_PX = 6;
const EDGE_PX = 40; // of the list, where it scrolls
const SCROLL_PX = 10; // a frame

/**
 * @param movable whether the list shows groups, which a monitor can be dropped into
 * @param over of the press
 * @param took called when it is no click any more
 */
export function follow(event: PointerEvent, id: number, movable: boolean, over: AbortSignal, took: () => void): void {
  if (over.aborted) return;
  if (event.pointerType === "mouse") {
    if (movable) awaitDrag(event, id, over, took);
  } else awaitLongPress(event, id, over, took);
}

const distance = (a: PointerEvent, b: PointerEvent): number => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);

function awaitLongPress(event: PointerEvent, id: number, over: AbortSignal, took: () => void): void {
  const timer = window.setTimeout(() => {
    took();
    toggle(id);
    navigator.vibrate?.(10);
  }, Math.max(0, LONG_MS - (performance.now() - event.timeStamp)));
  const stop = () => window.clearTimeout(timer);
  over.addEventListener("abort", stop);
  const options = { signal: over };
  window.addEventListener("pointermove", (move) => distance(event, move) > STILL_PX && stop(), options);
  window.addEventListener("contextmenu", (menu) => menu.preventDefault(), options);
}

function awaitDrag(event: PointerEvent, id: number, over: AbortSignal, took: () => void): void {
  const began = new AbortController();
  over.addEventListener("abort", () => began.abort());
  window.addEventListener("pointermove", (move) => {
    if (distance(event, move) < DRAG_PX) return;
    began.abort();
    took();
    drag(move, selection.value.has(id) ? [...selection.value] : [id], over);
  }, { signal: began.signal });
}

/** The group that a drop at a point means: that of the row, or the one the row is; undefined: nowhere. */
function groupAt(x: number, y: number): number | null | undefined {
  const row = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-row]");
  const monitor = row && monitors.rows.get(Number(row.dataset.row));
  if (!monitor) return undefined;
  return monitor.type === "group" ? monitor.id : monitor.parent;
}

function drag(start: PointerEvent, ids: readonly number[], over: AbortSignal): void {
  const note = document.body.appendChild(document.createElement("div"));
  const box = document.querySelector<HTMLElement>(".viewport");
  const what = ids.length === 1 ? (monitors.rows.get(ids[0] ?? 0)?.name ?? "") : t("bulk.chosen", { count: ids.length });
  let at = start;
  let group: number | null | undefined;
  let frame = 0;
  let dropped = true;
  note.className = "drag-note";

  function look(): void {
    group = groupAt(at.clientX, at.clientY);
    if (group !== undefined && group !== null && ids.includes(group)) group = undefined;
    for (const marked of document.querySelectorAll(".line.drop")) marked.classList.remove("drop");
    if (group) document.querySelector(`[data-row="${group}"]`)?.closest(".line")?.classList.add("drop");
    const where = group === null ? t("bulk.top") : group === undefined ? "" : monitors.rows.get(group)?.name;
    note.textContent = where ? `${what} → ${where}` : what;
    note.style.transform = `translate(${at.clientX + 14}px, ${at.clientY + 10}px)`;
  }

  function scroll(): void {
    const edges = box?.getBoundingClientRect();
    if (box && edges && at.clientX < edges.right) {
      if (at.clientY < edges.top + EDGE_PX) box.scrollTop -= SCROLL_PX;
      else if (at.clientY > edges.bottom - EDGE_PX) box.scrollTop += SCROLL_PX;
    }
    look();
    frame = requestAnimationFrame(scroll);
  }

  const ended = new AbortController();
  window.addEventListener("pointermove", (move) => (at = move), { signal: ended.signal });
  window.addEventListener("keydown", (key) => {
    if (key.key !== "Escape") return;
    key.preventDefault();
    key.stopPropagation();
    dropped = false;
    end();
  }, { capture: true, signal: ended.signal });

  function end(): void {
    if (ended.signal.aborted) return;
    ended.abort();
    cancelAnimationFrame(frame);
    note.remove();
    for (const marked of document.querySelectorAll(".line.drop")) marked.classList.remove("drop");
    if (dropped && group !== undefined) void move(ids, group);
  }
  over.addEventListener("abort", end);
  scroll();
}

async function move(ids: readonly number[], group: number | null): Promise<void> {
  if (ids.every((id) => monitors.rows.get(id)?.parent === group)) return;
  try {
    await changeMonitors(ids, { action: "move", group });
  } catch (error) {
    toast((error as Error).message, "error");
  }
}
