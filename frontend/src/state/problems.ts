/** What is wrong with Kuma Lite itself, as the server says at log-in and whenever it changes. */
import { shallowRef } from "vue";
import type { Problem, Sentence } from "../wire/types.ts";
import { fill, t } from "../words/index.ts";
import { translateServer } from "../words/server.ts";

export const problems = shallowRef<readonly Problem[]>([]);

/** A sentence of the server in the language of the page, else in its own. */
export const said = ({ key, arguments: values }: Sentence, otherwise = fill(key, values)): string =>
  translateServer(key, values, otherwise);

/** What a screen reader is told of a change: what is new, or that all is over; null: nothing. */
export function announced(now: readonly Problem[], before: readonly Problem[]): string | null {
  const known = new Set(before.map(({ key }) => key));
  const fresh = now.filter(({ key }) => !known.has(key));
  if (fresh.length) return [t("problem.title"), ...fresh.map(({ sentence, msg }) => said(sentence, msg))].join(": ");
  return before.length && !now.length ? t("problem.over") : null;
}
