/** Short messages at the edge of the page. Errors stay until closed, the rest go by themselves. */
import { shallowRef } from "vue";

export type Tone = "success" | "error" | "info";

export interface Toast {
  id: number;
  text: string;
  tone: Tone;
  action?: { label: string; run: () => void };
}

const STAY_MS = 5000; // time to read one sentence twice

export const toasts = shallowRef<readonly Toast[]>([]);

let nextId = 1;

export function toast(text: string, tone: Tone = "success", action?: Toast["action"]): void {
  const id = nextId;
  nextId += 1;
  const same = toasts.value.filter((item) => item.text !== text);
  toasts.value = [...same.slice(-3), { id, text, tone, ...(action ? { action } : {}) }];
  if (tone !== "error" && !action) window.setTimeout(() => dismiss(id), STAY_MS);
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((item) => item.id !== id);
}
