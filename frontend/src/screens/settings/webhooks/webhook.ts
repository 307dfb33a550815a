/** A webhook as the server lists it. */
export const EVENTS = ["change", "beat", "monitor", "removed"] as const;
export type EventKind = (typeof EVENTS)[number];

export interface Webhook {
  name: string;
  url: string;
  kinds: readonly EventKind[];
  active: boolean;
  secret: string;
}

export interface WebhookRow {
  id: number;
  name: string;
  values: Webhook;
  failingSince: number | null;
  lastSuccess: number | null;
  lastError: string | null;
}
