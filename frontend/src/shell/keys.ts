/** The keys of the page. None acts while something is typed, a dialog is open, or a modifier is held. */
import type { Router } from "vue-router";
import { bindings } from "../screens/registry.ts";
import { searchField } from "../state/keyboard.ts";
import { cursor } from "./list/shown-monitors.ts";

interface Surroundings {
  router: Router;
  current: () => number | null;
  listed: () => boolean; // whether the list of monitors is there
  step: (by: number) => void;
  fold: (open: boolean) => boolean;
  choose: (key: string) => boolean; // "x", "X" or "Escape", for the list
  palette: () => void;
  help: () => void;
}

const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const ARROWS_BELONG_TO = "[role=radiogroup], [role=menu], [role=listbox]";
const PAIR_MS = 1000; // between two keys that are one binding

let first: { key: string; at: number } | null = null; // of a pair

export function handleKey(event: KeyboardEvent, around: Surroundings): void {
  const target = event.target as Element;
  const held = event.ctrlKey || event.metaKey;
  // What is typed is asked about first: nothing is looked for through the page at every letter.
  if (event.defaultPrevented || event.altKey || (!held && event.key !== "Escape" && target.matches(TYPING))) return;
  if (document.querySelector("dialog[open]")) return;
  if (held) {
    if (event.key !== "k") return;
    event.preventDefault();
    return around.palette();
  }
  if (event.key === "Escape") escape(target, around);
  else if (act(event, target, around)) event.preventDefault();
}

function escape(target: Element, { router, choose }: Surroundings): void {
  const { back } = router.currentRoute.value.meta;
  if (target === searchField.value) searchField.value.blur();
  else if (!target.matches(TYPING) && choose("Escape")) return;
  else if (!target.matches(TYPING) && back) void router.push({ name: back });
}

function act(event: KeyboardEvent, target: Element, around: Surroundings): boolean {
  const { step, fold, help } = around;
  const arrow = event.key.startsWith("Arrow");
  if (arrow && (target.closest(ARROWS_BELONG_TO) || !inListOrNowhere(target))) return false;
  if (actOfScreens(event, target, around)) return true;
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
    case "x":
    case "X":
      return around.choose(event.key);
    case "?":
      help();
      return true;
    default:
      return false;
  }
}

/** What a screen has bound to the key, or to the pair it ends. */
function actOfScreens(event: KeyboardEvent, target: Element, { router, current, listed }: Surroundings): boolean {
  const all = bindings();
  const pair = first && event.timeStamp - first.at <= PAIR_MS ? `${first.key} ${event.key}` : null;
  const bound = all.find(({ keys }) => keys === pair) ?? all.find(({ keys }) => keys === event.key);
  const begins = !bound && all.some(({ keys }) => keys.startsWith(`${event.key} `));
  first = begins ? { key: event.key, at: event.timeStamp } : null;
  if (!bound) return begins;
  const onRow = (target as HTMLElement).dataset.row;
  const to = bound.act(onRow ? Number(onRow) : (current() ?? (listed() ? cursor.value : null)));
  if (to) void router.push(to);
  return true;
}

/** Arrows move through the list from the list itself or from nowhere; elsewhere they scroll. */
const inListOrNowhere = (target: Element): boolean => {
  const { row, step } = (target as HTMLElement).dataset;
  return target === document.body || row !== undefined || step !== undefined;
};
