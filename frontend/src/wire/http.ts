/** What the page fetches over HTTP: declarations that forms are drawn from. Asked once per page. */
import { translated, translatedField } from "./declared.ts";
import { authorization } from "./session.ts";
import { entered, WireError } from "./socket.ts";
import type { MonitorTypes, ServiceInfo } from "./types.ts";
import { translateServer } from "../words/server.ts";
import { textsOf } from "../words/texts.ts";

const known = new Map<string, Promise<unknown>>();

async function fetchJson<T>(path: string): Promise<T> {
  await entered();
  const response = await fetch(path, { headers: { Accept: "application/json", ...authorization() } }).catch(() => {
    throw new WireError(translateServer("notConnected"));
  });
  if (!response.ok) throw new WireError(translateServer("declarationsFailed"));
  return (await response.json()) as T;
}

function once<T>(path: string): Promise<T> {
  let promise = known.get(path) as Promise<T> | undefined;
  if (!promise) {
    promise = fetchJson<T>(path);
    known.set(path, promise);
    promise.catch(() => known.delete(path));
  }
  return promise;
}

export async function monitorTypes(): Promise<MonitorTypes> {
  const [{ types, common }, texts] = await Promise.all([once<MonitorTypes>("api/v1/monitor-types"), textsOf("declared")]);
  return {
    types: types.map((type) => translated(type, texts)),
    common: common.map((field) => translatedField(field, (text) => texts[text] ?? text)),
  };
}

export async function notificationServices(): Promise<ServiceInfo[]> {
  const [{ services }, texts] = await Promise.all([
    once<{ services: ServiceInfo[] }>("api/v1/notification-services"),
    textsOf("services"),
    textsOf("declared"),
  ]);
  return services.map((service) => translated(service, texts));
}
