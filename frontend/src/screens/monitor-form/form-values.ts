/** From declarations to a monitor form, and from the form to the flat object of the wire. Pure. */
import {
  isBlank, isRefusedZero, newToken, startValue, storedValue, wireValue, type Values,
} from "../../forms/declared-fields.ts";
import type { Field, Monitor, MonitorTypeInfo, MonitorTypes } from "../../wire/types.ts";

/** Common keys with a place of their own in the form. */
const PLACED = new Set(["parent", "notificationIDList", "tags", "type", "active", "weight"]);
/** Keys an edit loses when they are not sent, whatever the type declares. */
const KEPT_ON_EDIT = ["port", "proxyId", "retryOnlyOnStatusCodeFailure"] as const;

export interface Links {
  parent: number | null;
  notifications: readonly number[];
}

export const typeOf = (types: MonitorTypes, name: string): MonitorTypeInfo | undefined =>
  types.types.find((type) => type.name === name);

/** All fields the form draws: the type's own declaration of a common key wins. */
export function fieldsOf(types: MonitorTypes, type: MonitorTypeInfo): Field[] {
  const own = new Set(type.fields.map(({ name }) => name));
  const common = types.common.filter(({ name }) => !own.has(name) && !PLACED.has(name));
  const last = common.filter(({ section }) => section === "place");
  return [...common.filter((field) => !last.includes(field)), ...type.fields, ...last];
}

/** Start values; what the person has touched already stays when the type changes. */
export function startValues(types: MonitorTypes, type: MonitorTypeInfo, touched: Values = {}): Values {
  const values: Values = {};
  for (const field of fieldsOf(types, type)) {
    values[field.name] = field.name in touched ? touched[field.name] : startValue(field, type.formDefaults);
  }
  return values;
}

export function storedValues(types: MonitorTypes, type: MonitorTypeInfo, monitor: Monitor, clone: boolean): Values {
  const values: Values = {};
  for (const field of fieldsOf(types, type)) {
    // Two push monitors with one token would answer for each other.
    values[field.name] = clone && field.kind === "token" ? newToken() : storedValue(field, monitor[field.name]);
  }
  return values;
}

/** A name for a form without one: the host that is looked at. */
export function suggestedName(values: Values): string {
  const text = (key: string): string => (typeof values[key] === "string" ? values[key].trim() : "");
  try {
    const { host } = new URL(text("url"));
    if (host) return host;
  } catch {
    // Not an address yet.
  }
  return text("hostname") || text("docker_container") || text("system_service_name");
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The object for `add` (without `old`) and `editMonitor`: only keys that somebody declares. */
export function toWire(
  types: MonitorTypes,
  type: MonitorTypeInfo,
  values: Values,
  links: Links,
  old: Monitor | null,
): Record<string, unknown> {
  const wire: Record<string, unknown> = { type: type.name };
  if (old) {
    wire.id = old.id;
    for (const key of KEPT_ON_EDIT) if (old[key] !== undefined) wire[key] = old[key];
  }
  for (const field of fieldsOf(types, type)) {
    const { name } = field;
    // What nobody touched stays as it is stored, also where the form has another spelling of it.
    const untouched = old?.[name] !== undefined && same(values[name], storedValue(field, old[name]));
    if (untouched && isRefusedZero(field, old[name])) continue; // an edit without it keeps it
    wire[name] = untouched ? old[name] : wireValue(field, values[name]);
  }
  if (isBlank(wire.name)) wire.name = suggestedName(values);
  wire.parent = links.parent;
  wire.notificationIDList = Object.fromEntries(links.notifications.map((id) => [String(id), true]));
  wire.accepted_statuscodes ??= old?.accepted_statuscodes ?? ["200-299"];
  if (!old) wire.conditions ??= [];
  return wire;
}
