import { createApp, nextTick } from "vue";
import { createMemoryHistory, createRouter } from "vue-router";
import { expect, it, vi } from "vitest";
import type { EventRow } from "../wire/types.ts";
import EventTable from "./EventTable.vue";

const events: EventRow[] = Array.from({ length: 25 }, (_, index) => [1, 1000 - index, index % 2 ? 0 : 1, "m"]);
vi.mock("../wire/socket.ts", async (original) => ({
  ...(await original<object>()),
  call: () => Promise.resolve({ total: events.length, events }),
}));

const watched: IntersectionObserverCallback[] = [];
vi.stubGlobal("IntersectionObserver", class {
  constructor(callback: IntersectionObserverCallback) {
    watched.push(callback);
  }
  observe = vi.fn();
  disconnect = vi.fn();
});

async function drawn(monitor: number | null) {
  const root = document.body.appendChild(document.createElement("div"));
  const none = { render: () => null };
  const routes = [{ path: "/", component: none }, { path: "/dashboard/:id", name: "monitor", component: none }];
  const app = createApp(EventTable, { monitor }).use(createRouter({ history: createMemoryHistory(), routes }));
  app.mount(root);
  await vi.waitFor(() => expect(root.querySelector("li")).not.toBeNull());
  return { app, lines: () => root.querySelectorAll("li").length };
}

async function comeNear(): Promise<void> {
  watched.at(-1)?.([{ isIntersecting: true } as IntersectionObserverEntry], {} as IntersectionObserver);
  await nextTick();
}

it("draws lines of the overview as they come near, a piece at a time", async () => {
  const { app, lines } = await drawn(null);
  expect(lines()).toBe(10);
  await comeNear();
  expect(lines()).toBe(20);
  await comeNear();
  expect(lines()).toBe(25);
  app.unmount();
});

it("draws all lines of one monitor", async () => {
  const { app, lines } = await drawn(1);
  expect(lines()).toBe(25);
  app.unmount();
});
