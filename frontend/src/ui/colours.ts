/** Token colours as a canvas needs them: resolved for the theme that holds now. */
import { watch } from "vue";
import { paint } from "../app/theme.ts";

const known = new Map<string, string>();
let probe: HTMLElement | null = null;

watch(paint, () => known.clear(), { flush: "sync" });

export function colour(token: string): string {
  let value = known.get(token);
  if (value === undefined) {
    if (!probe) {
      probe = document.createElement("span");
      probe.hidden = true;
      probe.style.setProperty("forced-color-adjust", "none");
      document.body.append(probe);
    }
    probe.style.color = `var(--${token})`;
    value = getComputedStyle(probe).color;
    known.set(token, value);
  }
  return value;
}
