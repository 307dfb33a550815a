/** The number of monitors and servers that are down, in the title and on the icon of the tab. */
import { watchEffect } from "vue";
import { monitors } from "../state/monitors.ts";
import { servers } from "../state/servers.ts";
import { t } from "../words/index.ts";
import { pageTitle } from "./title.ts";

const ICON_MS = 5000; // between two icons: each is a file that the browser reads, takes apart and draws

const iconFor = (down: number): string =>
  down === 0 ? "favicon.svg" : `favicon-${down > 9 ? "many" : down}.svg`;

export function startBadge(): void {
  const icon = document.querySelector<HTMLLinkElement>("#icon");
  let wanted = icon?.getAttribute("href") ?? "";
  let resting = 0;

  function setIcon(): void {
    if (resting || !icon || icon.getAttribute("href") === wanted) return;
    icon.setAttribute("href", wanted);
    resting = window.setTimeout(() => {
      resting = 0;
      setIcon();
    }, ICON_MS);
  }

  watchEffect(() => {
    void monitors.statuses.value;
    void servers.statuses.value;
    const down = monitors.counts.down + servers.counts.down;
    const title = pageTitle.value ? `${pageTitle.value} · ${t("app.name")}` : t("app.name");
    const named = down ? `(${down}) ${title}` : title;
    if (document.title !== named) document.title = named;
    wanted = iconFor(down);
    setIcon();
  });
}
