/** What the server makes of the templates of a form, asked for a moment after the last key. */
import { onScopeDispose, shallowRef, watch, type ShallowRef } from "vue";
import { isBlank, isShown, wireValue, type Errors, type Values } from "../declared-fields.ts";
import { call } from "../../wire/socket.ts";
import type { ServiceInfo } from "../../wire/types.ts";
import { translateServer } from "../../words/server.ts";

export const SAMPLES = ["down", "up", "test"] as const;
export type Sample = (typeof SAMPLES)[number];

/** The text of each kind of message; null where the template fails on it. */
export type Preview = Record<Sample, string | null> & {
  error: { msg: string; line: number | null; column: number | null } | null;
};
export type Previews = Record<string, Preview>;

export const STYLE = "messageStyle";
const DETAILED = "detailed";
const TYPING_MS = 400;

/** What the server needs to know; null where there is nothing to show. Secrets stay out of it. */
export function previewForm(service: ServiceInfo, values: Values, name: string): Values | null {
  const { fields } = service;
  const filled = fields.some(
    (field) => field.template && isShown(field, fields, values) && !isBlank(values[field.name]),
  );
  if (!filled && values[STYLE] !== DETAILED) return null;
  const open = fields.filter((field) => !field.secret);
  return {
    ...Object.fromEntries(open.map((field) => [field.name, wireValue(field, values[field.name])])),
    type: service.name,
    name,
  };
}

export const errorsIn = (previews: Previews): Errors =>
  Object.fromEntries(
    Object.entries(previews).flatMap(([name, { error }]) => (error ? [[name, translateServer(error.msg)]] : [])),
  );

/** Follows the form; an answer that comes after a newer question is thrown away. */
export function usePreviews(form: () => Values | null): ShallowRef<Previews> {
  const previews = shallowRef<Previews>({});
  let timer = 0;
  let asked = 0;

  async function load(wanted: Values): Promise<void> {
    const mine = ++asked;
    const answer = await call<{ previews: Previews }>("previewTemplate", wanted).catch(() => null);
    if (mine === asked) previews.value = answer?.previews ?? {};
  }

  watch(
    () => JSON.stringify(form()),
    () => {
      window.clearTimeout(timer);
      const wanted = form();
      if (wanted) {
        timer = window.setTimeout(() => void load(wanted), TYPING_MS);
      } else {
        asked += 1;
        previews.value = {};
      }
    },
    { immediate: true },
  );
  onScopeDispose(() => window.clearTimeout(timer));
  return previews;
}
