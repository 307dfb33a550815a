/** What cards are made of: forms with their own "Save", facts, files that are sent, things of a list. */
import { createApp, h, type Component, type Slots } from "vue";
import { afterEach, describe, expect, it, vi } from "vitest";
import FactList from "./FactList.vue";
import FilePick from "./FilePick.vue";
import FormCard from "./FormCard.vue";
import ListItem from "./ListItem.vue";

let unmount: (() => void) | null = null;
afterEach(() => {
  unmount?.();
  document.body.replaceChildren();
});

function show(component: Component, props: Record<string, unknown>, slots: Record<string, () => unknown> = {}): HTMLElement {
  const root = document.body.appendChild(document.createElement("div"));
  const app = createApp(() => h(component, props, slots as unknown as Slots));
  app.mount(root);
  unmount = () => app.unmount();
  return root;
}
const buttons = (root: HTMLElement) => [...root.querySelectorAll("button")].map(({ textContent }) => textContent.trim());

describe("FormCard", () => {
  const fields = { default: () => h("input", { id: "name" }), actions: () => h("button", { type: "button" }, "Try") };

  it("saves what is in it, and is named by its heading", () => {
    const save = vi.fn();
    const root = show(FormCard, { title: "Keys", ready: true, onSave: save }, fields);
    const card = root.querySelector("section");
    expect(document.getElementById(card?.getAttribute("aria-labelledby") ?? "")?.textContent).toBe("Keys");
    expect(buttons(root)).toEqual(["Save", "Try"]);
    root.querySelector("form")?.requestSubmit();
    expect(save).toHaveBeenCalledOnce();
  });

  it("has no field before they were read, and then says what went wrong", () => {
    expect(show(FormCard, { title: "Keys", ready: false }, fields).querySelector("[role=status]")).not.toBeNull();
    expect(document.querySelector("#name")).toBeNull();
    unmount?.();
    const root = show(FormCard, { title: "Keys", ready: false, problem: "Not now" }, fields);
    expect(root.querySelector("[role=alert]")?.textContent).toBe("Not now");
    expect(root.querySelector("form")).toBeNull();
  });

  it("keeps its fields beside what went wrong, and has no button where nothing may be changed", () => {
    const props = { title: "Keys", ready: true, problem: "Too long", editable: false };
    const root = show(FormCard, props, fields);
    expect(root.querySelector("[role=alert]")?.textContent).toBe("Too long");
    expect(root.querySelector("#name")).not.toBeNull();
    expect(buttons(root)).toEqual([]);
  });
});

describe("FactList", () => {
  it("says what each fact is called", () => {
    const root = show(FactList, { facts: [["Version", "1.2"], ["Memory", "90 MB"]] });
    const text = (selector: string) => [...root.querySelectorAll(`dl ${selector}`)].map(({ textContent }) => textContent);
    expect([text("dt"), text("dd")]).toEqual([["Version", "Memory"], ["1.2", "90 MB"]]);
  });
});

describe("FilePick", () => {
  const idle = { accept: ".db", doing: "", share: 0, progress: "", stoppable: true };

  function choose(root: HTMLElement, file: File): void {
    const input = root.querySelector<HTMLInputElement>("input[type=file]");
    if (!input) throw new Error("there is no field for a file");
    Object.defineProperty(input, "files", { value: [file], configurable: true });
    input.dispatchEvent(new Event("change"));
  }

  it("gives the file that was chosen", () => {
    const chosen = vi.fn();
    const root = show(FilePick, { ...idle, onChoose: chosen }, { default: () => h("p", "What it is for") });
    expect(root.textContent).toContain("What it is for");
    expect(root.querySelector("input")?.accept).toBe(".db");
    const file = new File(["x"], "kuma.db");
    choose(root, file);
    expect(chosen.mock.calls).toEqual([[file]]);
  });

  it("shows how far it is, and can be stopped while that is possible", () => {
    const stop = vi.fn();
    const busy = { ...idle, doing: "Uploading", share: 40, progress: "4 of 10 MB", onStop: stop };
    const root = show(FilePick, busy);
    expect(root.querySelector("[role=meter]")?.getAttribute("aria-valuenow")).toBe("40");
    expect(root.textContent).toContain("4 of 10 MB");
    expect(root.querySelector("input")).toBeNull();
    root.querySelector("button")?.click();
    expect(stop).toHaveBeenCalledOnce();
    unmount?.();
    expect(buttons(show(FilePick, { ...busy, stoppable: false }))).toEqual([]);
  });
});

describe("ListItem", () => {
  it("has what can be done beside what it is, and no place for nothing", () => {
    const title = () => "Yesterday";
    const root = show(ListItem, { inset: true }, { title, actions: () => h("button", "Restore") });
    expect(root.querySelector("li.inset .title")?.textContent).toBe("Yesterday");
    expect(buttons(root)).toEqual(["Restore"]);
    unmount?.();
    expect(show(ListItem, {}, { title }).querySelector(".actions, .inset")).toBeNull();
  });
});
