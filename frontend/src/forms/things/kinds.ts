/** Kinds of things that are edited by nothing but their declared options, and the events that do it. */
import type { Field } from "../../wire/types.ts";
import { startValue, storedValue, wireValue, type Values } from "../declared-fields.ts";

export const KINDS = {
  proxy: { save: "addProxy", remove: "deleteProxy", test: "testProxy", rights: "proxies" },
  docker_host: { save: "addDockerHost", remove: "deleteDockerHost", test: "testDockerHost", rights: "docker-hosts" },
  remote_browser: {
    save: "addRemoteBrowser",
    remove: "deleteRemoteBrowser",
    test: "testRemoteBrowser",
    rights: "remote-browsers",
  },
} as const;

export type ThingKind = keyof typeof KINDS;

/** An entry of the answer to `resources`. */
export interface ThingRow {
  id: number;
  name: string;
  users: number; // things that name it
  values: Values; // by the keys of the wire; secrets as KEEP_SECRET
}

export interface Listed<Row = ThingRow> {
  fields: Field[];
  resources: Row[];
}

export const isThingKind = (kind: string): kind is ThingKind => kind in KINDS;

export const valuesOf = (fields: readonly Field[], row: ThingRow | undefined): Values =>
  Object.fromEntries(
    fields.map((field) => [field.name, row ? storedValue(field, row.values[field.name]) : startValue(field)]),
  );

export const thingWire = (fields: readonly Field[], values: Values): Values =>
  Object.fromEntries(fields.map((field) => [field.name, wireValue(field, values[field.name])]));
