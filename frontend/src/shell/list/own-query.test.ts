/** A screen may mean something of its own by a key of the address that is a filter of the list elsewhere. */
import { createApp, h, nextTick } from "vue";
import { createMemoryHistory, createRouter } from "vue-router";
import { afterEach, expect, it, vi } from "vitest";
import { screens } from "../../screens/registry.ts";
import MonitorList from "./MonitorList.vue";
import { filters } from "./shown-monitors.ts";

vi.mock("../../wire/socket.ts", async (original) => ({ ...(await original<object>()), call: vi.fn() }));
vi.stubGlobal("ResizeObserver", class { observe = vi.fn(); disconnect = vi.fn(); unobserve = vi.fn(); });

let unmount = (): void => undefined;
afterEach(() => unmount());

it("is filtered by types on its own screen, and not by the type of a new monitor", async () => {
  const component = { render: () => null };
  const own = screens.flatMap(({ routes }) => routes);
  const routes = own.map(({ name, path, ...meta }) => ({ name, path, component, meta }));
  const router = createRouter({ history: createMemoryHistory(), routes: [...routes, { path: "/", component }] });
  await router.push("/list?type=ssh&status=down");
  const app = createApp(() => h(MonitorList));
  app.use(router);
  app.mount(document.createElement("div"));
  unmount = () => app.unmount();
  expect([filters.value.types, filters.value.statuses]).toEqual([["ssh"], ["down"]]);
  await router.push("/add?type=ssh&status=down");
  await nextTick();
  expect([filters.value.types, filters.value.statuses]).toEqual([[], ["down"]]);
});
