/** What dialogs share: where the focus goes when one opens and closes, and what would be lost with it. */
import { inject, onBeforeUnmount, type InjectionKey } from "vue";
import { t } from "../words/index.ts";
import { ask } from "./confirm.ts";

const open: { ways: Element[] }[] = [];

/** The controls the focus can go back to: the opener, then those of the dialogs around it. */
export function rememberOpener(): () => void {
  const opener = document.activeElement;
  // An entry of a menu is gone once it acted; the button of the menu stays.
  const button = opener?.closest("[role=menu]")?.parentElement?.querySelector("button");
  const own = [opener, button].filter((one): one is Element => !!one && one !== document.body);
  const entry = { ways: [...own, ...(open.at(-1)?.ways ?? [])] };
  open.push(entry);
  return () => {
    open.splice(open.indexOf(entry), 1);
    for (const way of entry.ways) {
      if (document.activeElement !== null && document.activeElement !== document.body) return;
      if (way.isConnected) (way as HTMLElement).focus();
    }
  };
}

const FIELDS = "input:not([readonly]), select, textarea:not([readonly])";

/** The first field of a dialog gets the focus, even one that is drawn later; not while something else has it. */
export function focusFirstField(dialog: HTMLElement, body: HTMLElement): () => void {
  const resting = document.activeElement; // where the browser put it: on the button that closes, mostly
  const begin = (): boolean => {
    const field = body.querySelector<HTMLElement>(FIELDS);
    if (!field) return false;
    if (document.activeElement === resting || !dialog.contains(document.activeElement)) field.focus();
    return true;
  };
  if (resting?.hasAttribute("autofocus") || begin()) return () => undefined;
  const observer = new MutationObserver(() => begin() && observer.disconnect());
  observer.observe(body, { childList: true, subtree: true });
  return () => observer.disconnect();
}

/** For what stands in a dialog: tells it what would be lost, in a sentence; "" when nothing would. */
export const HOLD: InjectionKey<(held: () => string) => () => void> = Symbol("hold");

export function holdDialog(held: () => string): void {
  const release = inject(HOLD, null)?.(held);
  if (release) onBeforeUnmount(release);
}

export async function mayClose(held: string): Promise<boolean> {
  if (!held) return true;
  return (await ask({ title: t("common.closeTitle"), text: held, action: t("common.close"), danger: true })).yes;
}
