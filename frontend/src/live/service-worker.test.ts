/** `public/serviceWorker.js`, in a world of its own. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";

const SCOPE = "https://kuma.example/below/";
const code = readFileSync(join(process.cwd(), "public/serviceWorker.js"), "utf8");

type Handler = (event: Record<string, unknown>) => void;

const handlers = new Map<string, Handler>();
const showNotification = vi.fn();
const skipWaiting = vi.fn();
const cache = { put: vi.fn(), addAll: vi.fn() };
const caches = { keys: vi.fn(), delete: vi.fn(), match: vi.fn(), open: () => Promise.resolve(cache) };
const fetched = vi.fn<(request: unknown) => Promise<unknown>>();
const clients = { claim: vi.fn(), matchAll: vi.fn(), openWindow: vi.fn() };
const world = {
  addEventListener: (name: string, handler: Handler) => handlers.set(name, handler),
  registration: { scope: SCOPE, showNotification },
  skipWaiting,
  caches,
  clients,
  fetch: fetched,
};
new Function(...Object.keys(world), code)(...Object.values(world));

async function tell(name: string, event: Record<string, unknown> = {}): Promise<void> {
  const waits: unknown[] = [];
  handlers.get(name)?.({ ...event, waitUntil: (work: unknown) => waits.push(work) });
  await Promise.all(waits);
}

const windowAt = (path: string, focused = false) => ({
  url: `${SCOPE}${path}`, focused, focus: vi.fn(), postMessage: vi.fn(),
});

beforeEach(() => void vi.clearAllMocks());

describe("the worker", () => {
  it.each([
    ['{"title":"Uptime Kuma","body":"[Shop] [🔴 Down] no"}', "Uptime Kuma", "[Shop] [🔴 Down] no"],
    ["just a text", "Kuma Lite", "just a text"],
    ["null", "Kuma Lite", "null"],
    ["{}", "Kuma Lite", ""],
    [null, "Kuma Lite", ""],
  ])("shows %s", async (text, title, body) => {
    await tell("push", { data: text === null ? null : { text: () => text } });
    expect(showNotification).toHaveBeenCalledExactlyOnceWith(title, expect.objectContaining({ body, data: { body } }));
  });

  it("opens a page where there is none, below the path of the page", async () => {
    clients.matchAll.mockResolvedValue([windowAt("status/shop"), { ...windowAt(""), url: "https://kuma.example/other" }]);
    const close = vi.fn();
    await tell("notificationclick", { notification: { close, data: { body: "[Shop] & more" } } });
    expect(close).toHaveBeenCalled();
    expect(clients.openWindow).toHaveBeenCalledWith(`${SCOPE}dashboard#pushed=%5BShop%5D%20%26%20more`);
  });

  it("tells the page that is open, the one in front of several", async () => {
    const [behind, front] = [windowAt("dashboard"), windowAt("statuses", true)];
    clients.matchAll.mockResolvedValue([behind, front]);
    await tell("notificationclick", { notification: { close: vi.fn(), data: { body: "[Shop]" } } });
    expect(front.postMessage).toHaveBeenCalledWith({ pushed: "[Shop]" });
    expect(front.focus).toHaveBeenCalled();
    expect(behind.postMessage).not.toHaveBeenCalled();
    expect(clients.openWindow).not.toHaveBeenCalled();
  });

  it("takes the place of Uptime Kuma's, whose files it forgets", async () => {
    caches.keys.mockResolvedValue(["workbox-precache-v2-https://kuma.example/", "somebody's"]);
    await tell("install");
    await tell("activate");
    expect(skipWaiting).toHaveBeenCalled();
    expect(caches.delete.mock.calls).toEqual([["workbox-precache-v2-https://kuma.example/"]]);
    expect(clients.claim).toHaveBeenCalled();
  });
});

describe("the files that the worker keeps", () => {
  const FILES = [`${SCOPE}assets/start-1.js`, `${SCOPE}assets/page-1.js`];
  const index = (text: string, more = {}) => ({ ok: true, redirected: false, clone: () => ({ text: () => text }), ...more });
  const asked = (path: string, mode = "no-cors", method = "GET"): unknown => {
    let answer: unknown = null;
    handlers.get("fetch")?.({
      request: { url: path.startsWith("https:") ? path : SCOPE + path, mode, method },
      respondWith: (given: unknown) => (answer = given),
    });
    return answer;
  };

  it("are those of the version that the server has", async () => {
    fetched.mockResolvedValueOnce(index('<script src="./assets/start-1.js">'));
    await tell("message", { data: { keep: FILES } });
    expect(caches.delete).toHaveBeenCalledWith("shell");
    expect(cache.addAll).toHaveBeenCalledWith(FILES);
    vi.clearAllMocks();
    for (const other of [index("assets/start-2.js"), index("assets/start-1.js", { redirected: true })]) {
      fetched.mockResolvedValueOnce(other);
      await tell("message", { data: { keep: FILES } });
    }
    await tell("message", { data: null });
    expect(caches.delete).not.toHaveBeenCalled();
  });

  it("are given only where the server gives nothing", async () => {
    fetched.mockResolvedValueOnce("fresh");
    expect(await asked("servers/1", "navigate")).toBe("fresh");
    expect(caches.match).not.toHaveBeenCalled();
    fetched.mockRejectedValue(new TypeError("Failed to fetch"));
    caches.match.mockImplementation((key: string) => Promise.resolve(`kept ${key.slice(SCOPE.length)}`));
    expect(await asked("servers/1", "navigate")).toBe("kept dashboard");
    expect(await asked("assets/page-1.js")).toBe("kept assets/page-1.js");
    caches.match.mockResolvedValue(undefined);
    await expect(asked("assets/page-1.js")).rejects.toThrow("Failed to fetch");
  });

  it.each([["status/shop", "navigate"], ["", "navigate"], ["api/v1/monitors", "cors"], ["https://other.example/dashboard",
    "navigate"]])("are no matter of %s", (path, mode) => expect(asked(path, mode)).toBeNull());

  it("are no matter of what is sent", () => expect(asked("dashboard", "navigate", "POST")).toBeNull());
});
