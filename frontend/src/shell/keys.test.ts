import type { Router } from "vue-router";
import { afterEach, describe, expect, it, vi } from "vitest";
import { screens } from "../screens/registry.ts";
import { RIGHTS, rights } from "../state/rights.ts";
import { handleKey } from "./keys.ts";

const { pauseOrResume } = vi.hoisted(() => ({ pauseOrResume: vi.fn() }));
vi.mock("../live/actions.ts", () => ({ pauseOrResume }));

const routes = screens.flatMap((screen) => screen.routes);
const help = vi.fn();
const palette = vi.fn();
const choose = vi.fn(() => false);

afterEach(() => {
  document.body.replaceChildren();
  rights.value = new Set(RIGHTS);
  vi.clearAllMocks();
});

/** Presses keys on a screen. Returns where that led. */
function press(keys: string[], name = "overview", target: Element = document.body, between = 0): unknown {
  const push = vi.fn();
  const meta = routes.find((route) => route.name === name) ?? {};
  const router = { push, currentRoute: { value: { name, meta } } } as unknown as Router;
  const around = { router, current: () => 7, listed: () => false, step: vi.fn(), fold: () => false, choose, palette, help };
  for (const [index, key] of keys.entries()) {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    Object.defineProperty(event, "timeStamp", { value: 1000 + index * between });
    document.addEventListener("keydown", (heard) => handleKey(heard, around), { once: true });
    target.dispatchEvent(event);
  }
  return push.mock.calls[0]?.[0];
}

const escape = (name: string, target?: Element): unknown => press(["Escape"], name, target);

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

describe("keys of screens", () => {
  it("act from anywhere, on the monitor that is open", () => {
    expect(press(["n"])).toEqual({ name: "add" });
    expect(press(["p"])).toBeUndefined();
    expect(pauseOrResume).toHaveBeenCalledExactlyOnceWith(7);
  });

  it("are not there without the right to the screen", () => {
    rights.value = new Set(["monitors.view"]);
    expect(press(["n"])).toBeUndefined();
  });

  it("may be two, pressed one soon after the other", () => {
    const [servers] = screens.filter(({ routes: own }) => own.some(({ name }) => name === "servers"));
    const act = () => ({ name: "servers" });
    Object.assign(servers ?? {}, { keys: [{ keys: "g n", label: "nav.servers", order: 1, act }] });
    expect(press(["g", "n"])).toEqual({ name: "servers" });
    expect(press(["g", "n"], "overview", document.body, 5000)).toEqual({ name: "add" });
    expect(press(["g", "x", "n"])).toEqual({ name: "add" });
    press(["g", "?"]);
    expect(help).toHaveBeenCalledOnce();
    delete servers?.keys;
  });
});

it("opens the palette with Ctrl-K from a field too, but not over a dialog", () => {
  const field = document.body.appendChild(document.createElement("input"));
  const press = () => {
    const event = new KeyboardEvent("keydown", { key: "k", ctrlKey: true, bubbles: true, cancelable: true });
    document.addEventListener("keydown", (heard) => handleKey(heard, { palette } as never), { once: true });
    field.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect(press()).toBe(true);
  expect(palette).toHaveBeenCalledOnce();
  document.body.appendChild(document.createElement("dialog")).setAttribute("open", "");
  expect(press()).toBe(false);
  expect(palette).toHaveBeenCalledOnce();
});

it("ends a selection with Esc before it leads anywhere", () => {
  choose.mockReturnValueOnce(true);
  expect(escape("monitor")).toBeUndefined();
  expect(choose).toHaveBeenCalledWith("Escape");
  press(["x"]);
  expect(choose).toHaveBeenLastCalledWith("x");
});
