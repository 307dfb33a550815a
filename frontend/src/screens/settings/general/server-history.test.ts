import { createApp, nextTick } from "vue";
import { afterEach, describe, expect, it, vi } from "vitest";
import { toasts } from "../../../ui/toast.ts";
import ServerHistory from "./ServerHistory.vue";

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock("../../../wire/socket.ts", () => ({ call, sentenceOf: ({ msg }: { msg: string }) => msg }));
// The form stands alone here, on no route.
vi.mock("vue-router", () => ({ onBeforeRouteLeave: vi.fn(), onBeforeRouteUpdate: vi.fn() }));

const retention = { raw: 7, ten_minutes: 60, hours: 400, days: 3650, max_bytes: 500_000_000 };

afterEach(() => document.body.replaceChildren());

async function open(save: () => unknown) {
  call.mockImplementation((event: string) =>
    Promise.resolve(event === "serverRetention" ? { retention, usedBytes: 125_000_000 } : save()));
  const root = document.body.appendChild(document.createElement("div"));
  createApp(ServerHistory).mount(root);
  await vi.waitFor(() => expect(root.querySelector("input")).not.toBeNull());
  const input = root.querySelector("input");
  const type = async (value: string): Promise<void> => {
    if (input) input.value = value;
    input?.dispatchEvent(new Event("input"));
    await nextTick();
    root.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
    await new Promise((resolve) => setTimeout(resolve));
  };
  const saves = () => call.mock.calls.filter(([event]) => event === "saveServerRetention");
  const saved = () => saves().map(([, change]) => change as unknown);
  return { root, type, saved };
}

describe("the form of the history of servers", () => {
  it("says how much is used, holds back what is wrong, and sends what changed", async () => {
    const after = { retention: { ...retention, raw: 14 }, usedBytes: 1e6, msg: "Saved." };
    const { root, type, saved } = await open(() => after);
    expect(root.textContent).toContain("125 MB of 500 MB");
    await type("91");
    expect(root.querySelector(".error")?.textContent).toBe("Between 1 and 90.");
    expect(saved()).toEqual([]);
    await type("14");
    expect(saved()).toEqual([{ raw: 14 }]);
    expect(root.textContent).toContain("1 MB of 500 MB");
    expect(toasts.value.at(-1)?.text).toBe("Saved.");
  });

  it("shows what the server has against it", async () => {
    const { root, type } = await open(() => {
      throw new Error("raw must be a whole number between 1 and 30.");
    });
    await type("40");
    expect(root.querySelector("[role=alert]")?.textContent).toContain("between 1 and 30");
  });
});
