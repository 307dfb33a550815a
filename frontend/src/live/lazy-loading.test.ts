import { createMemoryHistory, createRouter } from "vue-router";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { nextTick } from "vue";
import { toasts } from "../ui/toast.ts";
import { connection } from "../wire/socket.ts";
import { loadAhead, startLoading } from "./lazy-loading.ts";

const page = { reload: vi.fn(), assign: vi.fn() };
const fetched = vi.fn<() => Promise<{ status: number }>>();
const load = () => {
  window.dispatchEvent(new Event("vite:preloadError"));
  return Promise.reject(new Error("not there"));
};
const router = createRouter({
  history: createMemoryHistory(),
  routes: [{ path: "/", component: { render: () => null } }, { path: "/other", component: load }],
});
startLoading(router, page);
vi.stubGlobal("fetch", fetched);

const open = async (): Promise<void> => {
  await router.push("/other").catch(() => null);
  await new Promise((resolve) => setTimeout(resolve));
};

beforeEach(async () => {
  vi.clearAllMocks();
  await router.push("/");
});
afterEach(() => vi.restoreAllMocks());

it("stays where it is without a connection, and tries again when that is back", async () => {
  connection.value = "offline";
  fetched.mockRejectedValue(new TypeError("offline"));
  await open();
  expect(router.currentRoute.value.path).toBe("/");
  expect(toasts.value.at(-1)?.text).toBe("There is no connection to the server.");
  connection.value = "online";
  await nextTick();
  expect(page.assign).toHaveBeenCalledWith("/other");
  expect(page.reload).not.toHaveBeenCalled();
});

it("does not go there later when another screen was opened meanwhile", async () => {
  connection.value = "offline";
  fetched.mockResolvedValue({ status: 502 });
  await open();
  await router.push({ path: "/", query: { q: "x" } });
  connection.value = "online";
  await nextTick();
  expect(page.assign).not.toHaveBeenCalled();
});

it("reads the page again when files are gone after an update, but not in a loop", async () => {
  fetched.mockResolvedValue({ status: 200 });
  await open();
  expect(page.reload).not.toHaveBeenCalled();
  vi.spyOn(Date, "now").mockReturnValue(performance.timeOrigin + 60_000);
  await open();
  expect(page.reload).toHaveBeenCalledTimes(1);
});

it("says nothing of files that nobody has asked for yet", async () => {
  fetched.mockRejectedValue(new TypeError("offline"));
  toasts.value = [];
  await loadAhead([load, () => Promise.resolve()]);
  expect(fetched).not.toHaveBeenCalled();
  await open();
  expect(toasts.value).toHaveLength(1);
});
