/** What the one who is logged in may do. The server has the last word: this decides what is offered. */
import { shallowRef } from "vue";

/** As the server calls them (`kuma_lite/core/access.py`; a test compares). */
export const RIGHTS = [
  "monitors.view",
  "monitors.edit",
  "monitors.push",
  "notifications.view",
  "notifications.edit",
  "maintenance.view",
  "maintenance.edit",
  "status-pages.view",
  "status-pages.edit",
  "tags.view",
  "tags.edit",
  "proxies.view",
  "proxies.edit",
  "docker-hosts.view",
  "docker-hosts.edit",
  "remote-browsers.view",
  "remote-browsers.edit",
  "api-keys.view",
  "api-keys.edit",
  "servers.view",
  "servers.edit",
  "servers.report",
  "incidents.view",
  "incidents.respond",
  "tokens.view",
  "tokens.edit",
  "settings.view",
  "settings.edit",
  "account",
  "owner",
] as const;
export type Right = (typeof RIGHTS)[number];

/** All of them until the server says otherwise, which it does before anything else. */
export const rights = shallowRef<ReadonlySet<Right>>(new Set(RIGHTS));

export const may = (right: Right): boolean => rights.value.has(right);
