/** Backups that the server keeps: what is planned, and what is there. */
import { shallowRef } from "vue";
import { call } from "../../../wire/socket.ts";

export const AGES = ["hour", "day", "week", "month"] as const;

export interface Plan {
  every: "" | "hour" | "day" | "week";
  hour: number;
  folder: string;
  keep: Record<(typeof AGES)[number], number>;
  passphrase: string;
  withKeys: boolean;
}

export interface Backup {
  name: string;
  made: number; // ms
  bytes: number;
  encrypted: boolean;
}

export interface Backups {
  plan: Plan;
  place: string;
  backups: Backup[]; // the newest first
  problem: string;
  working: boolean;
  places: { id: string; name: string; problem: string }[];
  bringing: boolean;
}

export const found = shallowRef<Backups | null>(null);

/** What the event answers is what is there then. */
export async function change(event: string, ...values: unknown[]): Promise<void> {
  found.value = await call<Backups>(event, ...values);
}
