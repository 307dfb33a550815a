/** What the page fetches over HTTP: declarations that forms are drawn from. Asked once per page. */
import { authorization } from "./session.ts";
import { entered, WireError } from "./socket.ts";
import type { MonitorTypes, ServiceInfo } from "./types.ts";
import { translateServer } from "../words/index.ts";

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

export const monitorTypes = () => once<MonitorTypes>("api/v1/monitor-types");
export const notificationServices = async () =>
  (await once<{ services: ServiceInfo[] }>("api/v1/notification-services")).services;
