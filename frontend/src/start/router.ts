/**
 * Addresses as Uptime Kuma's page has them, so that bookmarks and the links in notifications stay good.
 * The list's filters travel along: they belong to the pane that every address shows.
 */
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { screens } from "../screens/registry.ts";
import { QUERY_KEYS } from "../state/monitor-filters.ts";
import { basePath } from "../wire/socket.ts";

const routes: RouteRecordRaw[] = [
  ...screens.flatMap(({ component, wide = false, routes: own }) =>
    own.map(({ name, path, ...meta }) => ({ name, path, component, meta: { ...meta, wide } })),
  ),
  { path: "/:rest(.*)*", redirect: { name: "overview" } },
];

export const router = createRouter({ history: createWebHistory(`${basePath}/`), routes });

router.beforeEach((to, from) => {
  if (from.matched.length === 0) return true;
  const carried = Object.fromEntries(QUERY_KEYS.filter((key) => from.query[key]).map((key) => [key, from.query[key]]));
  const missing = Object.keys(carried).some((key) => to.query[key] === undefined);
  // A change of the filters themselves stays on its address; only a way to another address carries them along.
  if (to.path === from.path || !missing) return true;
  return { ...to, query: { ...carried, ...to.query }, replace: false };
});
