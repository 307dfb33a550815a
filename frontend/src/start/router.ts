/**
 * Addresses as Uptime Kuma's page has them, so that bookmarks and the links in notifications stay good.
 * The list's filters travel along: they belong to the pane that every address shows.
 */
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { screens } from "../screens/registry.ts";
import { QUERY_KEYS } from "../state/monitor-filters.ts";
import { may } from "../state/rights.ts";
import { basePath } from "../wire/socket.ts";

const routes: RouteRecordRaw[] = [
  ...screens.flatMap(({ component, wide = false, right, routes: own }) =>
    own.map(({ name, path, ...meta }) => ({ name, path, component, meta: { right, ...meta, wide } })),
  ),
  { path: "/:rest(.*)*", redirect: { name: "overview" } },
];

export const router = createRouter({ history: createWebHistory(`${basePath}/`), routes });

// A screen one may not use is not opened by its address either; the server would refuse what it asks.
router.beforeEach((to) => (to.meta.right && !may(to.meta.right) && to.name !== "overview" ? { name: "overview" } : true));

router.beforeEach((to, from) => {
  if (from.matched.length === 0) return true;
  const carried = Object.fromEntries(QUERY_KEYS.filter((key) => from.query[key]).map((key) => [key, from.query[key]]));
  const missing = Object.keys(carried).some((key) => to.query[key] === undefined);
  // A change of the filters themselves stays on its address; only a way to another address carries them along.
  if (to.path === from.path || !missing) return true;
  return { ...to, query: { ...carried, ...to.query }, replace: false };
});
