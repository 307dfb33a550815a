import { createApp, nextTick } from "vue";
import { createMemoryHistory, createRouter } from "vue-router";
import { afterEach, expect, it, vi } from "vitest";
import { monitors } from "../../state/monitors.ts";
import { summaryOf } from "../../state/test-rows.ts";
import MonitorPage from "./MonitorPage.vue";

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock("../../wire/socket.ts", async (original) => ({ ...(await original<object>()), call }));

const ANSWERS: Record<string, unknown> = {
  monitor: { monitor: { type: "group", interval: 60 }, uptime: {}, averagePing: null, certificate: null, beats: [] },
  monitorHistory: { seconds: 86_400, periods: [] },
  monitorOutages: { total: 0, outages: [] },
  events: { total: 0, events: [] },
};
const summary = summaryOf([{ id: 7, name: "shop", type: "group" }]);
let unmount = (): void => undefined;

afterEach(() => {
  unmount();
  monitors.clear();
  document.body.replaceChildren();
});

/** The page of monitor 7, and the answers that it waits for, which come when they are let go. */
async function open() {
  const waiting = new Map<string, () => void>();
  call.mockImplementation((event: string) =>
    new Promise((resolve) => waiting.set(event, () => resolve(ANSWERS[event] ?? {}))));
  const root = document.body.appendChild(document.createElement("div"));
  const names = ["overview", "list", "edit", "clone", "monitor", "add"];
  const routes = names.map((name) => ({ name, path: `/${name}/:id?`, component: { template: "" } }));
  const router = createRouter({ history: createMemoryHistory(), routes });
  await router.push("/monitor/7");
  const app = createApp(MonitorPage);
  app.use(router);
  app.mount(root);
  unmount = () => app.unmount();
  await nextTick();
  return {
    answer: async (event: string) => {
      await vi.waitFor(() => expect(waiting.has(event)).toBe(true));
      waiting.get(event)?.();
    },
    isShown: () => root.querySelector<HTMLElement>(".screen")?.style.display !== "none",
  };
}

it.each([
  ["summary", "monitor", "events", "monitorOutages", "monitorHistory"],
  ["monitor", "monitorHistory", "monitorOutages", "events", "summary"],
])("shows all at once when it is opened by its address: %s first, then %s", async (...order) => {
  const { answer, isShown } = await open();
  for (const event of order) {
    await nextTick();
    expect(isShown()).toBe(false);
    if (event === "summary") monitors.load(summary);
    else await answer(event);
  }
  await vi.waitFor(() => expect(isShown()).toBe(true));
});

it("shows what the list knows at once", async () => {
  monitors.load(summary);
  const { isShown } = await open();
  expect(isShown()).toBe(true);
});
