import { createApp, h, nextTick, ref, type Component } from "vue";
import { afterEach, describe, expect, it } from "vitest";
import Combobox from "./Combobox.vue";
import { rankOptions } from "./combobox.ts";
import ListInput from "./ListInput.vue";
import Tabs from "./Tabs.vue";

let unmount: (() => void) | null = null;
afterEach(() => {
  unmount?.();
  document.body.replaceChildren();
});

function mount<T>(component: Component, value: T, props: Record<string, unknown>) {
  const model = ref(value);
  const root = document.body.appendChild(document.createElement("div"));
  const app = createApp(() =>
    h(component, { ...props, modelValue: model.value, "onUpdate:modelValue": (next: T) => ((model.value as T) = next) }),
  );
  app.mount(root);
  unmount = () => app.unmount();
  return { model, root };
}

async function press(element: Element | null, key: string): Promise<void> {
  element?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  await nextTick();
}

async function type(input: HTMLInputElement | null, value: string): Promise<void> {
  if (input) input.value = value;
  input?.dispatchEvent(new Event("input", { bubbles: true }));
  await nextTick();
}

describe("Combobox", () => {
  it("finds without accents, and selects an option of two groups once", async () => {
    const twice = [
      { value: "a", label: "Élan", group: "One", note: "not installed" },
      { value: "b", label: "Bale", group: "One" },
      { value: "a", label: "Élan", group: "Two" },
    ];
    const { model, root } = mount(Combobox, "a", { options: twice });
    const input = root.querySelector("input");
    await press(input, "ArrowDown");
    expect([...root.querySelectorAll(".group")].map(({ textContent }) => textContent?.trim())).toEqual(["One", "Two"]);
    expect(root.querySelectorAll("[aria-selected=true]")).toHaveLength(1);
    expect(root.querySelector(".note")?.textContent).toBe("not installed");
    await type(input, "elan");
    expect(root.querySelectorAll("[role=option]")).toHaveLength(1);
    await press(input, "Enter");
    expect(model.value).toBe("a");
  });

  const options = [
    { value: "http", label: "HTTP(s)", description: "A web address" },
    { value: "ping", label: "Ping", description: "Echo" },
    { value: "push", label: "Push", description: "Waits for web calls" },
  ];

  it("finds by typing and chooses by keys", async () => {
    const { model, root } = mount(Combobox, "http", { options });
    const input = root.querySelector("input");
    await type(input, "pu");
    expect(input?.getAttribute("aria-expanded")).toBe("true");
    const found = [...root.querySelectorAll("[role=option] b")].map(({ textContent }) => textContent);
    expect(found).toEqual(["Push"]);
    await press(input, "Enter");
    expect(model.value).toBe("push");
    expect(input?.getAttribute("aria-expanded")).toBe("false");
  });

  it("moves with the arrows and says which option is active", async () => {
    const { model, root } = mount(Combobox, "http", { options });
    const input = root.querySelector("input");
    await press(input, "ArrowDown");
    await press(input, "ArrowDown");
    const active = input?.getAttribute("aria-activedescendant") ?? "";
    expect(document.getElementById(active)?.textContent).toContain("Ping");
    await press(input, "Escape");
    expect(model.value).toBe("http");
  });

  it("ranks labels that begin with the text before others, and labels before descriptions", () => {
    expect(rankOptions(options, "web").map(({ value }) => value)).toEqual(["http", "push"]);
    expect(rankOptions(options, "p").map(({ value }) => value)).toEqual(["ping", "push", "http"]);
    expect(rankOptions(options, "zzz")).toEqual([]);
  });
});

describe("ListInput", () => {
  it("adds what is typed, once, and removes by its button", async () => {
    const { model, root } = mount(ListInput, ["200"], { id: "codes" });
    const input = root.querySelector("input");
    await type(input, "204, 200");
    await press(input, "Enter");
    expect(model.value).toEqual(["200", "204"]);
    root.querySelector<HTMLButtonElement>("[aria-label='Remove 200']")?.click();
    await nextTick();
    expect(model.value).toEqual(["204"]);
  });
});

describe("Tabs", () => {
  it("move and choose with the arrows, around the ends", async () => {
    const options = ["a", "b"].map((value) => ({ value, label: value }));
    const { model, root } = mount(Tabs, "a", { options, label: "Range" });
    await press(root.querySelector("[role=radiogroup]"), "ArrowLeft");
    expect(model.value).toBe("b");
    expect(root.querySelector("[aria-checked=true]")?.textContent?.trim()).toBe("b");
  });
});
