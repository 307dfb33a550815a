import { createApp, h, nextTick, shallowRef } from "vue";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KEEP_SECRET } from "../../wire/types.ts";
import PushSubscription from "./PushSubscription.vue";
import { bytesOf, isApple, isSameKey, obstacleOf, type Browser } from "./support.ts";

const KEY = "BBLYhN-Ze_bdKwRTfLUDbGdHyj8zQ7uU36b0n5rN-x-PRzeqc0nTTG1jmIA4Okc4BbGA56DHaenJ-gon4wU_QjY";
const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock("../../wire/socket.ts", () => ({ call }));

const able: Browser = { isSecure: true, hasWorkers: true, hasPush: true, isApple: false, permission: "default" };

describe("what stands in the way", () => {
  it.each([
    [{}, null],
    [{ permission: "granted" }, null],
    [{ permission: "denied" }, "denied"],
    [{ isSecure: false, hasWorkers: false }, "insecure"],
    [{ hasPush: false }, "unsupported"],
    [{ hasWorkers: false }, "unsupported"],
    [{ hasPush: false, isApple: true }, "homeScreen"],
    [{ isApple: true }, null],
  ] as [Partial<Browser>, string | null][])("of %j is %s", (change, obstacle) =>
    expect(obstacleOf({ ...able, ...change })).toBe(obstacle));

  it.each([
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)", 5, true],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", 5, true],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", 0, false],
    ["Mozilla/5.0 (X11; Linux x86_64)", 10, false],
  ])("knows iPhones and iPads: %s with %s fingers", (agent, fingers, is) => expect(isApple(agent, fingers)).toBe(is));
});

it("reads the server's key, and knows it again", () => {
  const key = bytesOf(KEY);
  expect([key.length, key[0], key[64]]).toEqual([65, 4, 0x36]);
  expect(isSameKey(key.slice().buffer, key)).toBe(true);
  expect(isSameKey(key.slice(1).buffer, key)).toBe(false);
  expect(isSameKey(key.map((byte) => byte ^ 1).buffer, key)).toBe(false);
  expect(isSameKey(null, key)).toBe(false);
});

describe("the control", () => {
  const made = { endpoint: "https://push.example/1", expirationTime: null, keys: { p256dh: "p", auth: "a" } };
  const subscribe = vi.fn();
  const unsubscribe = vi.fn();
  const getSubscription = vi.fn();
  const register = vi.fn();
  const requestPermission = vi.fn();
  const model = shallowRef<unknown>("");
  let stop: () => void;
  let root: HTMLElement;

  async function shown(): Promise<void> {
    root = document.body.appendChild(document.createElement("div"));
    const app = createApp({
      render: () => h(PushSubscription, {
        label: "Subscription", modelValue: model.value, "onUpdate:modelValue": (value: unknown) => (model.value = value),
      }),
    });
    app.mount(root);
    stop = () => app.unmount();
    await nextTick();
  }
  const button = () => root.querySelector("button");
  async function click(): Promise<void> {
    button()?.click();
    await nextTick();
    expect(button()?.getAttribute("aria-busy")).toBe("true");
    await vi.waitFor(() => expect(button()?.getAttribute("aria-busy")).toBeNull());
  }

  beforeEach(() => {
    vi.clearAllMocks();
    model.value = "";
    call.mockResolvedValue({ ok: true, msg: KEY });
    requestPermission.mockResolvedValue("granted");
    getSubscription.mockResolvedValue(null);
    subscribe.mockResolvedValue({ toJSON: () => made });
    vi.stubGlobal("isSecureContext", true);
    vi.stubGlobal("PushManager", vi.fn());
    vi.stubGlobal("Notification", { permission: "default", requestPermission });
    const registration = { pushManager: { subscribe, getSubscription } };
    vi.stubGlobal("navigator", {
      userAgent: "Linux", maxTouchPoints: 0, serviceWorker: { register, ready: Promise.resolve(registration) },
    });
  });
  afterEach(() => {
    stop();
    vi.unstubAllGlobals();
  });

  it("stores what the browser gives for the server's key", async () => {
    await shown();
    await click();
    expect(call).toHaveBeenCalledWith("getWebpushVapidPublicKey");
    expect(String(register.mock.calls[0]?.[0])).toBe(new URL("serviceWorker.js", document.baseURI).href);
    expect(subscribe).toHaveBeenCalledWith({ userVisibleOnly: true, applicationServerKey: bytesOf(KEY) });
    expect(model.value).toEqual(made);
    expect(root.textContent).toContain("This browser is subscribed.");
  });

  it("replaces a subscription of another key, and keeps one of this", async () => {
    getSubscription.mockResolvedValue({ options: { applicationServerKey: new ArrayBuffer(65) }, unsubscribe });
    await shown();
    await click();
    expect(unsubscribe).toHaveBeenCalledOnce();
    getSubscription.mockResolvedValue({ options: { applicationServerKey: bytesOf(KEY).buffer }, unsubscribe });
    await click();
    expect(unsubscribe).toHaveBeenCalledOnce();
    expect(subscribe).toHaveBeenCalledTimes(2);
  });

  it("says what went wrong", async () => {
    await shown();
    requestPermission.mockResolvedValueOnce("default");
    await click();
    expect(root.textContent).toContain("may not show notifications yet");
    expect(call).not.toHaveBeenCalled();
    register.mockRejectedValueOnce(new Error("An SSL certificate error occurred"));
    await click();
    expect(root.textContent).toContain("may not trust the certificate");
    expect(root.textContent).toContain("An SSL certificate error occurred");
    subscribe.mockRejectedValueOnce(new Error("Registration failed"));
    await click();
    expect(root.querySelector("[role=alert]")?.textContent).toContain("Registration failed");
    call.mockRejectedValueOnce(new Error("There is no connection to the server."));
    await click();
    expect(root.textContent).toContain("There is no connection to the server.");
    expect(model.value).toBe("");
    await click();
    expect(root.querySelector("[role=alert]")).toBeNull();
  });

  it("does not wait for ever where the maker's push service is blocked", async () => {
    subscribe.mockReturnValueOnce(new Promise(() => null));
    await shown();
    vi.useFakeTimers();
    button()?.click();
    await vi.advanceTimersByTimeAsync(30_000);
    vi.useRealTimers();
    await nextTick();
    expect(root.querySelector("[role=alert]")?.textContent).toContain("or refused: no answer within 30 seconds.");
    expect(button()?.getAttribute("aria-busy")).toBeNull();
  });

  it("says why a page without encryption cannot be subscribed, and at which address it is", async () => {
    vi.stubGlobal("isSecureContext", false);
    await shown();
    expect(root.textContent).toContain(`This page is open at ${location.origin}, where it cannot work.`);
    expect(button()).toBeNull();
  });

  it("does not ask where notifications are blocked, also when that came of asking", async () => {
    await shown();
    requestPermission.mockImplementationOnce(() => {
      vi.stubGlobal("Notification", { permission: "denied", requestPermission });
      return Promise.resolve("denied");
    });
    button()?.click();
    await vi.waitFor(() => expect(button()).toBeNull());
    expect(root.textContent).toContain("Notifications of this page are blocked");
    expect(root.querySelector("[role=alert]")).toBeNull();
  });

  it("does not show a stored subscription, and offers this browser in its place", async () => {
    model.value = KEEP_SECRET;
    await shown();
    expect(root.textContent).toContain("A browser is subscribed.");
    expect(button()?.textContent).toContain("Subscribe this browser instead");
  });
});
