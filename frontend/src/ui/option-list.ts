/** What both comboboxes do with the list below them: it opens, arrows move through it, Enter chooses, Esc closes. */
import { nextTick, shallowRef, useId, type Ref, type ShallowRef } from "vue";
import type { ComboOption } from "./combobox.ts";

export interface OptionList {
  id: string; // of the list; options are numbered behind it
  open: ShallowRef<boolean>;
  active: ShallowRef<number>;
  show: () => void;
  type: (event: Event) => void;
  move: (event: KeyboardEvent) => boolean; // whether it was an arrow
}

/**
 * @param text what is typed to find some
 * @param found what the list has at the moment
 * @param first where it begins when it opens
 */
export function useOptionList<V>(
  text: Ref<string>,
  found: Readonly<Ref<readonly ComboOption<V>[]>>,
  first: () => number,
): OptionList {
  const id = useId();
  const open = shallowRef(false);
  const active = shallowRef(0);

  async function scroll(): Promise<void> {
    await nextTick();
    document.getElementById(`${id}-${active.value}`)?.scrollIntoView({ block: "nearest" });
  }

  function show(): void {
    if (open.value) return;
    text.value = "";
    open.value = true;
    active.value = first();
    void scroll();
  }

  function type(event: Event): void {
    open.value = true;
    text.value = (event.target as HTMLInputElement).value;
    active.value = 0;
  }

  function move(event: KeyboardEvent): boolean {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return false;
    event.preventDefault();
    if (!open.value) show();
    else active.value = (active.value + step + found.value.length) % Math.max(1, found.value.length);
    void scroll();
    return true;
  }

  return { id, open, active, show, type, move };
}
