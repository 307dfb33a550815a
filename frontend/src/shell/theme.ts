/** Light, dark, or as the system says. The first paint is theme.js's; this is the switch. */
import { shallowRef } from "vue";
import { repaint } from "../charts/colours.ts";

export type Theme = "system" | "light" | "dark";

const KEY = "theme";

const stored = document.documentElement.dataset.theme;
export const theme = shallowRef<Theme>(stored === "light" || stored === "dark" ? stored : "system");

export function setTheme(next: Theme): void {
  theme.value = next;
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    if (next === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
  repaint();
}
