/** Token colours as a canvas needs them: resolved for the theme that holds now. */
import { shallowRef, watch } from "vue";

/** Counts changes of colours: what is drawn on a canvas has to be drawn again. */
export const paint = shallowRef(0);

export const repaint = () => (paint.value += 1);
for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
  window.matchMedia(query).addEventListener("change", repaint);
}

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
