import { createApp, h, nextTick } from "vue";
import { afterEach, describe, expect, it, vi } from "vitest";
import { isDay, shownDays, storedDays } from "./expiry-days.ts";
import ExpiryDays from "./ExpiryDays.vue";

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock("../../../wire/socket.ts", () => ({ call, sentenceOf: ({ msg }: { msg: string }) => msg }));
vi.mock("vue-router", () => ({ onBeforeRouteLeave: vi.fn(), onBeforeRouteUpdate: vi.fn(), RouterLink: "a" }));

describe("days of warnings", () => {
  it("are shown from the longest to the shortest time, those of the server as long as nothing is stored", () => {
    expect(shownDays([3, 30, 3])).toEqual(["30", "3"]);
    expect(shownDays([])).toEqual([]);
    expect(shownDays(undefined)).toEqual(["21", "14", "7"]);
    expect(shownDays("7")).toEqual(["21", "14", "7"]);
  });

  it("are whole numbers", () => {
    expect(["0", "30", "3650"].every(isDay)).toBe(true);
    expect(["", "-1", "1.5", "x", "3651", "99999"].some(isDay)).toBe(false);
    expect(storedDays(["30", "3", "30"])).toEqual([3, 30]);
  });
});

describe("the form", () => {
  afterEach(() => document.body.replaceChildren());

  it("saves both lists and leaves other settings alone; nothing wrong is sent", async () => {
    call.mockImplementation((event: string) =>
      Promise.resolve(event === "getSettings" ? { data: { entryPage: "x", tlsExpiryNotifyDays: [5] } } : { msg: "Saved." }));
    const root = document.body.appendChild(document.createElement("div"));
    createApp({ render: () => h(ExpiryDays) }).mount(root);
    await vi.waitFor(() => expect(root.querySelector("form")).not.toBeNull());
    const [certificates] = root.querySelectorAll<HTMLInputElement>("input");
    const type = (text: string): void => {
      if (!certificates) throw new Error("no field");
      certificates.value = text;
      certificates.dispatchEvent(new Event("input"));
      certificates.dispatchEvent(new Event("change"));
    };
    const submit = () => root.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
    const saved = () => call.mock.calls.filter(([event]) => event === "setSettings");
    type("soon");
    await vi.waitFor(() => expect(root.textContent).toContain("Between 0 and"));
    submit();
    expect(saved()).toHaveLength(0);
    root.querySelector<HTMLButtonElement>('[aria-label="Remove soon"]')?.click();
    await nextTick();
    type("30");
    await nextTick();
    submit();
    await vi.waitFor(() => expect(saved()).toHaveLength(1));
    expect(saved()[0]?.[1]).toEqual({ entryPage: "x", tlsExpiryNotifyDays: [5, 30], domainExpiryNotifyDays: [7, 14, 21] });
  });
});
