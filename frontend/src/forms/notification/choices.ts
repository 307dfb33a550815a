/** Which services a new notification is chosen from, and which one it begins with. Pure. */
import type { ComboOption } from "../../ui/combobox.ts";
import type { NotificationRow, ServiceInfo } from "../../wire/types.ts";
import { lookUp, t } from "../../words/index.ts";

/** In the order of Uptime Kuma 2.5. */
export const GROUPS = ["universal", "chat", "push", "sms", "email", "incident", "home", "other", "regional"];
const FIRST = "smtp"; // what nearly everybody has

/** All services under their groups, by label; one of two groups stands in both. */
export function optionsOf(services: readonly ServiceInfo[]): ComboOption<string>[] {
  const others = services.flatMap(({ groups }) => groups).filter((group) => !GROUPS.includes(group));
  return [...GROUPS, ...new Set(others)].flatMap((group) =>
    services
      .filter(({ groups }) => (groups.length ? groups : ["other"]).includes(group))
      .sort((a, b) => a.label.localeCompare(b.label))
      .map(({ name, label, description, missing }) => ({
        value: name,
        label,
        description,
        group: lookUp(`serviceGroup.${group}`, group),
        note: missing ? t("notification.notInstalled") : undefined,
      })),
  );
}

/** The service of the latest notification, or e-mail. */
export function firstOf(services: readonly ServiceInfo[], rows: readonly NotificationRow[]): string {
  const usable = (type: string): boolean => services.some(({ name, missing }) => name === type && !missing);
  const latest = [...rows].sort((a, b) => b.id - a.id).find(({ type }) => usable(type));
  return latest?.type ?? services.find(({ name }) => name === FIRST)?.name ?? services[0]?.name ?? "";
}
