import { createApp, h, nextTick, type Component } from "vue";
import { createMemoryHistory, createRouter, type Router } from "vue-router";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bars } from "../../live/updates.ts";
import { noFilters } from "../../state/monitor-filters.ts";
import { monitors } from "../../state/monitors.ts";
import { clearSelection, select, selection } from "../../state/selection.ts";
import { views } from "../../state/saved-views.ts";
import { summaryOf } from "../../state/test-rows.ts";
import { question } from "../../ui/confirm.ts";
import Palette from "../palette/Palette.vue";
import BulkBar from "./BulkBar.vue";
import ListOptions from "./ListOptions.vue";
import MonitorList from "./MonitorList.vue";
import { filters, preferences } from "./shown-monitors.ts";

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock("../../wire/socket.ts", async (original) => ({ ...(await original<object>()), call }));

let unmount = (): void => undefined;
let router: Router;

function mount(component: Component, props: Record<string, unknown> = {}): HTMLElement {
  const root = document.body.appendChild(document.createElement("div"));
  const screen = { template: "" };
  const names = ["overview", "list", "monitor", "settings", "add", "edit", "clone", "servers", "server", "maintenance"];
  const routes = names.map((name) => ({ name, path: `/${name}/:id?/:section?`, component: screen }));
  const app = createApp(() => h(component, props));
  const nowhere = { path: "/:rest(.*)*", component: screen };
  router = createRouter({ history: createMemoryHistory(), routes: [...routes, nowhere] });
  app.use(router);
  app.mount(root);
  unmount = () => app.unmount();
  return root;
}

const nameOf = (one: Element): string => (one.getAttribute("aria-label") ?? one.textContent ?? "").trim();
const button = (name: string) =>
  [...document.querySelectorAll("button")].find((one) => nameOf(one) === name);

beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= () => undefined;
  call.mockResolvedValue({ count: 2 });
  monitors.load(summaryOf([
    { id: 1, name: "web", tags: [["env", "prod", "#000"]] },
    { id: 2, name: "db", tags: [["env", "test", "#000"]] },
    { id: 3, name: "home", type: "group" },
  ]));
});
afterEach(() => {
  unmount();
  clearSelection();
  bars.clear();
  monitors.clear();
  document.body.replaceChildren();
  localStorage.clear();
  vi.clearAllMocks();
});

describe("the bar of a selection", () => {
  it("changes all that is chosen with one request", async () => {
    select([1, 2]);
    mount(BulkBar);
    button("Pause")?.click();
    await nextTick();
    expect(call.mock.calls).toEqual([["bulkMonitors", [1, 2], { action: "pause" }]]);
  });

  it("asks before it deletes, with the number, and about what is in groups", async () => {
    select([1, 3]);
    mount(BulkBar);
    button("Delete")?.click();
    await nextTick();
    expect(question.value?.title).toBe("Delete 2 monitors?");
    expect(question.value?.option).toBe("Delete the monitors in it too");
    question.value?.answer({ yes: false, option: false });
    await nextTick();
    expect(call).not.toHaveBeenCalled();
    button("Delete")?.click();
    question.value?.answer({ yes: true, option: true });
    await vi.waitFor(() => expect(call).toHaveBeenCalledWith("bulkMonitors", [1, 3], { action: "delete", children: true }));
  });

  it("selects all that the list has, folded or not", async () => {
    select([1]);
    mount(BulkBar);
    button("Select all 3")?.click();
    await nextTick();
    expect([...selection.value].sort()).toEqual([1, 2, 3]);
  });
});

describe("a press on a row", () => {
  const row = (name: string) =>
    [...document.querySelectorAll<HTMLElement>("[data-row]")].find((one) => one.textContent.includes(name));
  const at = { bubbles: true, cancelable: true, button: 0, clientX: 5, clientY: 5 };
  const down = (target: HTMLElement | undefined) => target?.dispatchEvent(new PointerEvent("pointerdown", at));
  const up = (target: HTMLElement | undefined, more = {}) =>
    target?.dispatchEvent(new MouseEvent("click", { ...at, detail: 1, shiftKey: true, ...more }));

  beforeEach(async () => {
    filters.value = noFilters();
    mount(MonitorList);
    await nextTick();
  });

  it("means what stood there when it began, though a search has put another there", async () => {
    const pressed = row("home");
    down(pressed);
    filters.value = { ...noFilters(), text: "o" };
    await nextTick();
    const now = row("web");
    expect(now).toBe(pressed);
    up(now);
    expect([...selection.value]).toEqual([3]);
  });

  it("means the row of its end for what has moved, and for keys", () => {
    down(row("db"));
    up(row("web"), { clientX: 90 });
    expect([...selection.value]).toEqual([1]);
    down(row("db"));
    up(row("web"), { detail: 0 });
    expect([...selection.value]).toEqual([1]);
  });
});

describe("a press on a box", () => {
  it("chooses what stood there when it began, and both boxes show it", async () => {
    filters.value = noFilters();
    select([]);
    mount(MonitorList);
    await nextTick();
    const boxOf = (name: string) => document.querySelector<HTMLInputElement>(`input[aria-label*="${name}"]`);
    const at = { bubbles: true, cancelable: true, button: 0, clientX: 5, clientY: 5 };
    const box = boxOf("home");
    box?.dispatchEvent(new PointerEvent("pointerdown", at));
    filters.value = { ...noFilters(), text: "o" };
    await nextTick();
    expect(boxOf("web")).toBe(box);
    box?.dispatchEvent(new MouseEvent("click", { ...at, detail: 1 }));
    await nextTick();
    expect([...selection.value]).toEqual([3]);
    expect([boxOf("web")?.checked, boxOf("home")?.checked]).toEqual([false, true]);
    boxOf("web")?.dispatchEvent(new MouseEvent("click", { ...at, detail: 0 }));
    expect([...selection.value]).toEqual([3, 1]);
  });
});

describe("the address of the list", () => {
  it("does not take back what was typed while it was written", async () => {
    const root = mount(MonitorList);
    const field = root.querySelector<HTMLInputElement>("[type=search]");
    let go = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      router.beforeEach((to) => {
        if (to.query.q !== "w") return undefined;
        resolve();
        return new Promise<void>((later) => (go = later)).then(() => true);
      });
    });
    const type = (text: string) => {
      if (field) field.value = text;
      field?.dispatchEvent(new Event("input"));
    };
    type("w");
    await asked;
    type("we");
    await vi.waitFor(() => expect(filters.value.text).toBe("we"));
    go();
    await vi.waitFor(() => expect(router.currentRoute.value.query.q).toBe("w"));
    await nextTick();
    expect([filters.value.text, field?.value]).toEqual(["we", "we"]);
    await vi.waitFor(() => expect(router.currentRoute.value.query.q).toBe("we"));
    await router.push({ query: { q: "db" } });
    expect([filters.value.text, field?.value]).toEqual(["db", "db"]);
  });
});

describe("the beats of a row", () => {
  it("are drawn when they come, and said", async () => {
    call.mockResolvedValue({ bars: { 1: [[1, 1, 5], [2, 0, null]] } });
    filters.value = noFilters();
    const root = mount(MonitorList);
    const line = await vi.waitFor(() => {
      const found = [...root.querySelectorAll<HTMLElement>(".line")].find((one) => one.textContent.includes("web"));
      if (!found) throw new Error("no row yet");
      return found;
    });
    expect(line.querySelector("[role=img]")).toBeNull(); // nothing is known yet, so nothing is claimed
    bars.want([1]);
    await vi.waitFor(() => expect(line.querySelector("path.down")).not.toBeNull());
    expect(line.querySelector("[role=img]")?.getAttribute("aria-label")).toBe("Last 2 checks, 1 down");
  });
});

describe("the options of the list", () => {
  it("keep order, sections and density in the browser", async () => {
    const onChange = vi.fn();
    const root = mount(ListOptions, { filters: noFilters(), onChange });
    const choose = (label: string, value: string) => {
      const field = root.querySelector<HTMLSelectElement>(`[aria-label="${label}"]`);
      if (field) field.value = value;
      field?.dispatchEvent(new Event("change"));
    };
    choose("Order", "status");
    choose("Sections", "tags");
    expect(onChange).toHaveBeenCalledWith({ ...noFilters(), sort: "status" });
    expect(JSON.parse(localStorage.getItem("list") ?? "")).toEqual({ sort: "status", sections: "tags", compact: false });
    expect(preferences.value.sections).toBe("tags");
  });

  it("save what is filtered under a name, and bring it back", async () => {
    const onChange = vi.fn();
    const wanted = { ...noFilters(), tags: ["env: prod"] };
    const root = mount(ListOptions, { filters: wanted, onChange });
    button("Save this view")?.click();
    await nextTick();
    const field = root.querySelector<HTMLInputElement>('[aria-label="Name of the view"]');
    if (field) field.value = "Mine";
    field?.dispatchEvent(new Event("input"));
    root.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
    await nextTick();
    expect(views.value.map(({ name }) => name)).toEqual(["Mine"]);
    const list = root.querySelector<HTMLSelectElement>('[aria-label="Saved views"]');
    list?.dispatchEvent(new Event("change"));
    expect(onChange).toHaveBeenLastCalledWith(wanted);
    button("Forget the view Mine")?.click();
    await nextTick();
    expect(views.value).toEqual([]);
  });
});

describe("the palette", () => {
  const options = () => [...document.querySelectorAll("[role=option]")];
  const field = () => document.querySelector<HTMLInputElement>("[role=combobox]");

  async function type(text: string): Promise<void> {
    const input = field();
    if (input) input.value = text;
    input?.dispatchEvent(new Event("input", { bubbles: true }));
    await nextTick();
  }

  async function press(key: string): Promise<void> {
    field()?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    await nextTick();
  }

  it("finds what can be done, says which is active, and remembers what was used", async () => {
    const onClose = vi.fn();
    mount(Palette, { monitor: 1, onClose });
    expect(options()[0]?.textContent).toContain("Pause this monitor");
    await type("slowest");
    expect(options()).toHaveLength(1);
    await press("Enter");
    expect(onClose).toHaveBeenCalledOnce();
    expect(filters.value.sort).toBe("response");
    unmount();
    document.body.replaceChildren();
    mount(Palette, { monitor: null, onClose });
    expect(options()[0]?.textContent).toContain("Slowest first");
    await press("ArrowDown");
    const active = document.getElementById(field()?.getAttribute("aria-activedescendant") ?? "");
    expect(active).toBe(options()[1]);
    expect(active?.getAttribute("aria-selected")).toBe("true");
    await type("no such thing at all");
    expect(options()).toHaveLength(0);
    await press("Escape");
    expect(onClose).toHaveBeenCalledTimes(2);
  });
});
