/** A notification between its form and the wire. Pure. */
import { startValue, storedValue, wireValue, type Values } from "../declared-fields.ts";
import type { ServiceInfo } from "../../wire/types.ts";

export interface About {
  id: number | null;
  name: string;
  isDefault: boolean;
  active: boolean;
  applyExisting: boolean;
}

export const startOptions = (service: ServiceInfo): Values =>
  Object.fromEntries(service.fields.map((field) => [field.name, startValue(field)]));

export const loadOptions = (service: ServiceInfo, stored: Values): Values =>
  Object.fromEntries(service.fields.map((field) => [field.name, storedValue(field, stored[field.name])]));

/** The object for `addNotification` and `testNotification`; the id lets a test find secrets that are kept. */
export function notificationWire(service: ServiceInfo, values: Values, about: About): Record<string, unknown> {
  const options = service.fields.map((field) => [field.name, wireValue(field, values[field.name])]);
  const { id, ...rest } = about;
  return { ...Object.fromEntries(options), ...rest, type: service.name, ...(id === null ? {} : { id }) };
}
