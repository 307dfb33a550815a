/** The number of monitors and servers that are down, in the title and on the icon of the tab. */
import { watchEffect } from "vue";
import { monitors } from "../state/monitors.ts";
import { servers } from "../state/servers.ts";
import { t } from "../words/index.ts";
import { pageTitle } from "./title.ts";

const iconFor = (down: number): string =>
  down === 0 ? "favicon.svg" : `favicon-${down > 9 ? "many" : down}.svg`;

export function startBadge(): void {
  const icon = document.querySelector<HTMLLinkElement>("#icon");
  watchEffect(() => {
    void monitors.statuses.value;
    void servers.statuses.value;
    const down = monitors.counts.down + servers.counts.down;
    const title = pageTitle.value ? `${pageTitle.value} · ${t("app.name")}` : t("app.name");
    document.title = down ? `(${down}) ${title}` : title;
    const href = iconFor(down);
    if (icon && icon.getAttribute("href") !== href) icon.setAttribute("href", href);
  });
}
