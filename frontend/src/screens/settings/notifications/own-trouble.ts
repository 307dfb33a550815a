/** Who is told of trouble of Kuma Lite itself: the setting, and what follows from it (`kuma_lite/health/channels.py`). */
import type { NotificationRow } from "../../../wire/types.ts";

export const SETTING = "watchNotificationIDList";

/** What the setting holds: a list of ids, or `{id: true}` as monitors have it; null: nothing was chosen. */
export function idsIn(value: unknown): number[] | null {
  const list: unknown = value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.entries(value).flatMap(([id, wanted]) => (wanted ? [id] : []))
    : value;
  if (!Array.isArray(list)) return null;
  return list.map(Number).filter(Number.isInteger).sort((a, b) => a - b);
}

export const isSame = (one: readonly number[] | null, other: readonly number[] | null): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Who is told in the end: the chosen ones that are there and switched on, else the default ones. */
export function toldOf(rows: readonly NotificationRow[], chosen: readonly number[] | null): NotificationRow[] {
  const active = rows.filter((row) => row.active);
  if (chosen !== null && !chosen.length) return [];
  const found = active.filter(({ id }) => chosen?.includes(id));
  return found.length ? found : active.filter(({ isDefault }) => isDefault);
}
