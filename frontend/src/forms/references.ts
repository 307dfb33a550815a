/** The things that fields of the kind `reference` choose from, asked for when a form first shows such a field. */
import { shallowRef, type Component, type InjectionKey, type ShallowRef } from "vue";
import { call } from "../wire/socket.ts";

export interface Thing {
  id: number | string;
  name: string;
  default?: boolean; // what the form of something new begins with
}

/** Given by a form whose references can be made on the spot: the dialog that makes one; null where one may not. */
export const MAKER: InjectionKey<(kind: string) => Component | null> = Symbol("maker");

/** The one that a new form begins with; null for none, or where one may not see them. */
export async function defaultOf(kind: string): Promise<Thing["id"] | null> {
  const reply = await call<{ things: Thing[] }>("things", kind).catch(() => ({ things: [] as Thing[] }));
  return reply.things.find((thing) => thing.default)?.id ?? null;
}

export interface Things {
  list: ShallowRef<readonly Thing[] | null>; // null until the server has answered; a kind one may not see has none
  load: () => Promise<void>;
}

export function thingsOf(kind: string): Things {
  const list = shallowRef<readonly Thing[] | null>(null);
  async function load(): Promise<void> {
    try {
      list.value = (await call<{ things: Thing[] }>("things", kind)).things;
    } catch {
      list.value ??= [];
    }
  }
  void load();
  return { list, load };
}

/** What the select offers: one that is gone, or may not be seen, stays chosen by its number. */
export function offered(things: readonly Thing[] | null, chosen: unknown): readonly Thing[] {
  const known = things ?? [];
  if (chosen === null || chosen === undefined || chosen === "") return known;
  const id = Number(chosen);
  return known.some((thing) => thing.id === id) ? known : [...known, { id, name: `#${id}` }];
}
