/** How long before something ends people are warned: lists of days (`kuma_lite/monitors/engine/expiry.py`). */
export const SETTINGS = ["tlsExpiryNotifyDays", "domainExpiryNotifyDays"] as const;
export type ExpirySetting = (typeof SETTINGS)[number];

export const MOST_DAYS = 3650;
const USUAL = [7, 14, 21]; // of the server, as long as nothing is stored

/** What is stored, as the control shows it: the longest time first. */
export function shownDays(value: unknown): string[] {
  const days = Array.isArray(value) && value.every(Number.isInteger) ? (value as number[]) : USUAL;
  return [...new Set(days)].sort((a, b) => b - a).map(String);
}

export const isDay = (text: string): boolean => /^\d{1,4}$/.test(text) && Number(text) <= MOST_DAYS;

/** What is stored of it. */
export const storedDays = (shown: readonly string[]): number[] =>
  [...new Set(shown.map(Number))].sort((a, b) => a - b);
