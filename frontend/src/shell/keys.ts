/** The keys of the page. None acts while something is typed, a dialog is open, or a modifier is held. */
import type { Router } from "vue-router";
import { pauseOrResume } from "../live/actions.ts";
import { searchField } from "../state/keyboard.ts";
import { monitors } from "../state/monitors.ts";
import { cursor } from "./list/shown-monitors.ts";

interface Surroundings {
  router: Router;
  current: () => number | null;
  listed: () => boolean; // whether the list of monitors is there
  step: (by: number) => void;
  fold: (open: boolean) => boolean;
  help: () => void;
}

const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const ARROWS_BELONG_TO = "[role=radiogroup], [role=menu], [role=listbox]";

export function handleKey(event: KeyboardEvent, around: Surroundings): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  const target = event.target as Element;
  if (event.key === "Escape") escape(target, around);
  else if (!target.matches(TYPING) && act(event, target, around)) event.preventDefault();
}

/** Where Esc leads from a screen. */
const BACK: Record<string, string> = { monitor: "overview", server: "servers" };

function escape(target: Element, { router }: Surroundings): void {
  const back = BACK[String(router.currentRoute.value.name)];
  if (target === searchField.value) searchField.value.blur();
  else if (!target.matches(TYPING) && back) void router.push({ name: back });
}

function act(event: KeyboardEvent, target: Element, around: Surroundings): boolean {
  const { router, step, fold, help } = around;
  const arrow = event.key.startsWith("Arrow");
  if (arrow && (target.closest(ARROWS_BELONG_TO) || !inListOrNowhere(target))) return false;
  const onRow = (target as HTMLElement).dataset.row;
  const id = onRow ? Number(onRow) : (around.current() ?? (around.listed() ? cursor.value : null));
  switch (event.key) {
    case "/": {
      const field = around.listed() ? searchField.value : document.querySelector<HTMLInputElement>("#detail [type=search]");
      field?.focus();
      field?.select();
      return true;
    }
    case "j":
    case "ArrowDown":
      step(1);
      return true;
    case "k":
    case "ArrowUp":
      step(-1);
      return true;
    case "ArrowRight":
      return fold(true);
    case "ArrowLeft":
      return fold(false);
    case "n":
      void router.push({ name: "add" });
      return true;
    case "?":
      help();
      return true;
    case "e":
      if (id !== null && monitors.rows.has(id)) void router.push({ name: "edit", params: { id } });
      return true;
    case "p":
      if (id !== null) void pauseOrResume(id);
      return true;
    default:
      return false;
  }
}

/** Arrows move through the list from the list itself or from nowhere; elsewhere they scroll. */
const inListOrNowhere = (target: Element): boolean => {
  const { row, step } = (target as HTMLElement).dataset;
  return target === document.body || row !== undefined || step !== undefined;
};
