import type { Router } from "vue-router";
import { afterEach, expect, it, vi } from "vitest";
import { handleKey } from "./keys.ts";

vi.mock("../live/actions.ts", () => ({ pauseOrResume: vi.fn() }));

afterEach(() => document.body.replaceChildren());

function escape(name: string, target: Element = document.body): unknown {
  const push = vi.fn();
  const router = { push, currentRoute: { value: { name } } } as unknown as Router;
  const nothing = { current: () => null, listed: () => false, step: vi.fn(), fold: () => false, help: vi.fn() };
  const listen = (event: Event) => handleKey(event as KeyboardEvent, { ...nothing, router });
  document.addEventListener("keydown", listen, { once: true });
  target.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  return push.mock.calls[0]?.[0];
}

it("leads back with Esc from a monitor and from a server, and from nowhere else", () => {
  expect(escape("monitor")).toEqual({ name: "overview" });
  expect(escape("server")).toEqual({ name: "servers" });
  expect(escape("settings")).toBeUndefined();
});

it("leaves Esc to what is typed in and to a dialog", () => {
  expect(escape("server", document.body.appendChild(document.createElement("input")))).toBeUndefined();
  document.body.appendChild(document.createElement("dialog")).setAttribute("open", "");
  expect(escape("server")).toBeUndefined();
});
