import { createMemoryHistory, createRouter } from "vue-router";
import { afterEach, expect, it, vi } from "vitest";
import { monitors } from "../state/monitors.ts";
import { servers } from "../state/servers.ts";
import { startPushed, toldOf } from "./pushed.ts";

const COLUMNS = ["id", "name", "type", "parent", "active", "forceInactive", "maintenance", "status", "time", "ping",
  "uptime24", "msg", "weight", "tags", "since"];
const monitor = (id: number, name: string, status = 1) =>
  [id, name, "http", null, true, false, false, status, 1, null, null, "", 2000, [], null];
const readMonitors = (...rows: unknown[][]) => monitors.load({ columns: COLUMNS, rows, serverTime: 1 });
const readServers = () =>
  servers.load({ columns: ["uuid", "name", "status", "alerts"], rows: [["u-1", "web-1", "online", []]], serverTime: 1 });

const component = { render: () => null };
const newRouter = () =>
  createRouter({
    history: createMemoryHistory(),
    routes: [
      { name: "overview", path: "/dashboard", component },
      { name: "monitor", path: "/dashboard/:id", component },
      { name: "server", path: "/servers/:uuid", component },
    ],
  });

async function started(text: string) {
  const router = newRouter();
  const hash = `#pushed=${encodeURIComponent(text)}`;
  await router.push(`/dashboard${hash}`);
  return { router, end: startPushed(router, hash), address: () => router.currentRoute.value.fullPath };
}

afterEach(() => {
  monitors.clear();
  servers.clear();
});

it.each([
  ["[Shop [EU]] [🔴 Down] it fails", 2],
  ["[Shop] [✅ Up] 200 - OK", 1],
  ["[Shop [EU]][https://x] server certificate x will expire in 7 days", 2],
  ["[Twin] [🔴 Down] which of them?", 4],
  ["[] [🔴 Down] it has no name", 5],
  ["Webpush Testing", undefined],
  ["[Other] [🔴 Down]", undefined],
])("%s tells of %s", (text, id) => {
  const all = [[1, "Shop"], [2, "Shop [EU]"], [3, "Twin"], [4, "Twin", 0], [5, ""]] as [number, string, number?][];
  expect(toldOf(text, all.map(([key, name, status = 1]) => ({ id: key, name, status })), 0)?.id).toBe(id);
});

it("opens the monitor when the list is there, which takes a log-in", async () => {
  const { end, address } = await started("[Shop [EU]] [🔴 Down] no");
  expect(address()).toMatch(/^\/dashboard#pushed=/);
  readMonitors(monitor(1, "Shop"), monitor(2, "Shop [EU]", 0));
  await end;
  expect(address()).toBe("/dashboard/2");
});

it("opens a server, which is known later", async () => {
  readMonitors(monitor(1, "Shop"));
  const { end, address } = await started("[web-1] [⚠️ Alert] CPU is busy");
  readServers();
  await end;
  expect(address()).toBe("/servers/u-1");
});

it("stays where it is for a text about nothing, and forgets it", async () => {
  readMonitors(monitor(1, "Shop"));
  const { end, address } = await started("Webpush Testing");
  servers.problem.value = "You may not see servers.";
  await end;
  expect(address()).toBe("/dashboard");
});

it("does not stumble over an address that nobody has made", async () => {
  readMonitors();
  readServers();
  const router = newRouter();
  await router.push("/dashboard#pushed=%E0%A4");
  await startPushed(router, "#pushed=%E0%A4");
  expect(router.currentRoute.value.fullPath).toBe("/dashboard");
});

it("goes where the worker of an open page says", async () => {
  readMonitors(monitor(7, "Mail"));
  const workers = new EventTarget();
  vi.stubGlobal("navigator", { serviceWorker: workers });
  const router = newRouter();
  await router.push("/dashboard");
  await startPushed(router, "");
  for (const data of [null, { other: 1 }, { pushed: 7 }, { pushed: "[Mail] [✅ Up] well again" }]) {
    workers.dispatchEvent(new MessageEvent("message", { data }));
  }
  await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe("/dashboard/7"));
  vi.unstubAllGlobals();
});
