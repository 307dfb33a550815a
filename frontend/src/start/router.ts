/**
 * Addresses as Uptime Kuma's page has them, so that bookmarks and the links in notifications stay good.
 * The list's filters travel along: they belong to the pane that every address shows.
 */
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { QUERY_KEYS } from "../state/monitor-filters.ts";
import { basePath } from "../wire/socket.ts";

const Overview = () => import("../screens/overview/Overview.vue");
const MonitorPage = () => import("../screens/monitor/MonitorPage.vue");
const MonitorForm = () => import("../screens/monitor-form/MonitorForm.vue");
const Servers = () => import("../screens/servers/Servers.vue");
const ServerPage = () => import("../screens/server/ServerPage.vue");
const Settings = () => import("../screens/settings/Settings.vue");

const routes: RouteRecordRaw[] = [
  { path: "/dashboard", name: "overview", component: Overview },
  { path: "/list", name: "list", component: Overview },
  { path: "/dashboard/:id(\\d+)", name: "monitor", component: MonitorPage },
  { path: "/add", name: "add", component: MonitorForm },
  { path: "/edit/:id(\\d+)", name: "edit", component: MonitorForm },
  { path: "/clone/:id(\\d+)", name: "clone", component: MonitorForm },
  { path: "/servers", name: "servers", component: Servers, meta: { wide: true } },
  { path: "/servers/:uuid", name: "server", component: ServerPage, meta: { wide: true } },
  { path: "/settings/:section(notifications|general|tokens|security)", name: "settings", component: Settings },
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
