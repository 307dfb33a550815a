import { createApp, h, nextTick } from "vue";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { NotificationRow } from "../../../wire/types.ts";
import { idsIn, isSame, toldOf } from "./own-trouble.ts";
import OwnTrouble from "./OwnTrouble.vue";

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock("../../../wire/socket.ts", () => ({ call, sentenceOf: ({ msg }: { msg: string }) => msg }));
// The form stands alone here, on no route.
vi.mock("vue-router", () => ({ onBeforeRouteLeave: vi.fn(), onBeforeRouteUpdate: vi.fn(), RouterLink: "a" }));

const row = (id: number, more: Partial<NotificationRow> = {}): NotificationRow => ({
  id, name: `n${id}`, type: "webhook", label: "Webhook", isDefault: false, active: true, waiting: 0,
  dead: 0, lastSuccess: null, lastError: null, lastErrorAt: null, ...more,
});
const rows = [row(1, { isDefault: true }), row(2), row(3, { active: false })];
const ids = (chosen: number[] | null) => toldOf(rows, chosen).map(({ id }) => id);

describe("who is told", () => {
  it("is read from a list or from what monitors have", () => {
    expect(idsIn(null)).toBeNull();
    expect(idsIn(undefined)).toBeNull();
    expect(idsIn([3, "1"])).toEqual([1, 3]);
    expect(idsIn({ 2: true, 3: false })).toEqual([2]);
    expect(idsIn([])).toEqual([]);
  });

  it("is what was chosen, or the default", () => {
    expect(ids(null)).toEqual([1]);
    expect(ids([2])).toEqual([2]);
    expect(ids([])).toEqual([]);
    expect(ids([3])).toEqual([1]);
    expect(ids([99])).toEqual([1]);
  });

  it("knows a change", () => {
    expect(isSame(null, [])).toBe(false);
    expect(isSame([1], [1])).toBe(true);
  });
});

describe("the form", () => {
  afterEach(() => document.body.replaceChildren());

  it("keeps the other settings, and says when nobody is told", async () => {
    call.mockImplementation((event: string) =>
      Promise.resolve(event === "getSettings" ? { data: { keepDataPeriodDays: 7 } } : { msg: "Saved." }));
    const root = document.body.appendChild(document.createElement("div"));
    createApp({ render: () => h(OwnTrouble, { rows }) }).mount(root);
    await vi.waitFor(() => expect(root.querySelector("form")).not.toBeNull());
    const boxes = () => [...root.querySelectorAll<HTMLInputElement>("input")];
    const toggle = async (index: number): Promise<void> => {
      boxes()[index]?.click();
      await nextTick();
    };
    expect(boxes().map(({ checked }) => checked)).toEqual([true]);
    await toggle(0);
    expect(boxes().map(({ checked }) => checked)).toEqual([false, true, false, false]);
    await toggle(1);
    expect(root.textContent).toContain("Nobody is told");
    await toggle(2);
    expect(root.textContent).not.toContain("Nobody is told");
    root.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
    const saved = () => call.mock.calls.filter(([event]) => event === "setSettings");
    await vi.waitFor(() => expect(saved()).toHaveLength(1));
    expect(saved()[0]?.[1]).toEqual({ keepDataPeriodDays: 7, watchNotificationIDList: [2] });
  });
});
