/** The things that fields of the kind `reference` choose from, asked for when a form first shows such a field. */
import { shallowRef, type ShallowRef } from "vue";
import { call } from "../wire/socket.ts";

export interface Thing {
  id: number | string;
  name: string;
  default?: boolean; // what the form of something new begins with
}

/** The one that a new form begins with; null for none, or where one may not see them. */
export async function defaultOf(kind: string): Promise<Thing["id"] | null> {
  const reply = await call<{ things: Thing[] }>("things", kind).catch(() => ({ things: [] as Thing[] }));
  return reply.things.find((thing) => thing.default)?.id ?? null;
}

/** @returns null until the server has answered; a kind one may not see has none. */
export function thingsOf(kind: string): ShallowRef<readonly Thing[] | null> {
  const things = shallowRef<readonly Thing[] | null>(null);
  call<{ things: Thing[] }>("things", kind)
    .then((reply) => (things.value = reply.things))
    .catch(() => (things.value = []));
  return things;
}

/** What the select offers: one that is gone, or may not be seen, stays chosen by its number. */
export function offered(things: readonly Thing[] | null, chosen: unknown): readonly Thing[] {
  const known = things ?? [];
  if (chosen === null || chosen === undefined || chosen === "") return known;
  const id = Number(chosen);
  return known.some((thing) => thing.id === id) ? known : [...known, { id, name: `#${id}` }];
}
