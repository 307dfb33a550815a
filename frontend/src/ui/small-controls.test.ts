/** Controls that are little more than their markup: what they say to a reader, and what they do when pressed. */
import { createApp, h, nextTick, ref, type Component, type Slots } from "vue";
import { afterEach, describe, expect, it, vi } from "vitest";
import Button from "./Button.vue";
import CardPage from "./CardPage.vue";
import ConfirmHost from "./ConfirmHost.vue";
import { ask } from "./confirm.ts";
import CopyLine from "./CopyLine.vue";
import Field from "./Field.vue";
import FormDialog from "./FormDialog.vue";
import Icon from "./Icon.vue";
import { ICONS } from "./icons.ts";
import LinkedText from "./LinkedText.vue";
import Menu from "./Menu.vue";
import Meter from "./Meter.vue";
import OutLink from "./OutLink.vue";
import SecretDialog from "./SecretDialog.vue";
import SecretInput from "./SecretInput.vue";
import StateBanner from "./StateBanner.vue";
import StatusChip from "./StatusChip.vue";
import StatusMark from "./StatusMark.vue";
import Switch from "./Switch.vue";
import TagChips from "./TagChips.vue";
import Toasts from "./Toasts.vue";
import { toast } from "./toast.ts";

let unmount: (() => void) | null = null;
afterEach(() => {
  unmount?.();
  document.body.replaceChildren();
});

type Shown = { [Name in keyof Slots]: (given: never) => unknown };

function show(component: Component, props: Record<string, unknown> = {}, slots: Shown = {}): HTMLElement {
  const root = document.body.appendChild(document.createElement("div"));
  const app = createApp(() => h(component, props, slots as never));
  app.component("RouterLink", { render: () => h("a") });
  app.mount(root);
  unmount = () => app.unmount();
  return root;
}

const find = <E extends Element>(selector: string, root: ParentNode = document.body): E => {
  const found = root.querySelector<E>(selector);
  if (!found) throw new Error(`there is no ${selector}`);
  return found;
};
const press = async (element: HTMLElement, key: string): Promise<void> => {
  element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  await nextTick();
};
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 4; turn += 1) await nextTick();
};

describe("Button", () => {
  it("has a name where it shows an icon alone, and does nothing while it is busy", () => {
    const pressed = vi.fn();
    show(Button, { icon: "close", label: "Close", busy: true, onClick: pressed });
    const button = find<HTMLButtonElement>("button");
    expect(button.getAttribute("aria-label")).toBe("Close");
    expect(button.type).toBe("button");
    button.click();
    expect(pressed).not.toHaveBeenCalled();
  });
});

describe("Field", () => {
  it("ties label, help and error to its control", () => {
    const control = ({ id, described, invalid }: Record<string, unknown>) =>
      h("input", { id, "aria-describedby": described, "aria-invalid": invalid });
    show(Field, { label: "Name", help: "Any", error: "Missing", required: true }, { default: control });
    const input = find<HTMLInputElement>("input");
    expect(find<HTMLLabelElement>("label").htmlFor).toBe(input.id);
    expect(input.getAttribute("aria-invalid")).toBe("true");
    const words = (input.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id));
    expect(words.map((one) => one?.textContent).join(" ")).toContain("Missing");
  });
});

describe("Menu", () => {
  it("opens, moves round with arrows, acts, and gives the focus back on Esc", async () => {
    const run = vi.fn();
    const choices = [{ label: "One", run }, { label: "Two", run: vi.fn(), checked: true }];
    show(Menu, { label: "More", icon: "more", items: choices });
    const opener = find<HTMLButtonElement>("button");
    opener.click();
    await settle();
    const items = [...document.querySelectorAll<HTMLElement>("[role^=menuitem]")];
    expect(items.map((one) => one.getAttribute("role"))).toEqual(["menuitem", "menuitemradio"]);
    expect(document.activeElement).toBe(items[0]);
    await press(items[0] as HTMLElement, "ArrowUp");
    expect(document.activeElement).toBe(items[1]);
    await press(items[1] as HTMLElement, "Escape");
    expect(document.querySelector("[role=menu]")).toBeNull();
    expect(document.activeElement).toBe(opener);
    opener.click();
    await settle();
    find<HTMLElement>("[role=menuitem]").click();
    expect(run).toHaveBeenCalledOnce();
  });
});

describe("Meter", () => {
  it.each([[undefined, "40%"], ["near", "40%, near its threshold"], ["over", "40%, above its threshold"]])(
    "says how it stands to its limit: %s", (level, text) => {
      show(Meter, { label: "Disk", value: 40, level });
      const meter = find("[role=meter]");
      expect(meter.getAttribute("aria-valuetext")).toBe(text);
      expect(meter.getAttribute("aria-valuenow")).toBe("40");
    },
  );
});

describe("Switch and SecretInput", () => {
  it("changes what it is bound to", () => {
    const changed = vi.fn();
    show(Switch, { label: "Loud", modelValue: false, "onUpdate:modelValue": changed });
    find<HTMLInputElement>("[role=switch]").click();
    expect(changed).toHaveBeenCalledWith(true);
    expect(find("label").textContent).toContain("Loud");
  });

  it("hides a secret until it is asked for", async () => {
    show(SecretInput, { modelValue: "s3cret" });
    expect(find<HTMLInputElement>("input").type).toBe("password");
    find<HTMLButtonElement>("button").click();
    await settle();
    expect(find<HTMLInputElement>("input").type).toBe("text");
  });
});

describe("status and tags", () => {
  it("draws another shape for every status, and says a pressed filter", () => {
    const shapes = ["up", "down", "pending", "maintenance"].map((status) => show(StatusMark, { status }).innerHTML);
    expect(new Set(shapes).size).toBe(4);
    show(StatusChip, { status: "down", word: "Offline", count: 3, pressed: true });
    const chip = find<HTMLButtonElement>("button");
    expect(chip.getAttribute("aria-pressed")).toBe("true");
    expect(chip.textContent).toMatch(/Offline\s*3/);
    expect(show(StateBanner, { status: "up", word: "Online" }, { default: () => "heard" }).textContent).toContain("Online");
  });

  it("shows five tags, and the rest when asked", async () => {
    show(TagChips, { tags: Array.from({ length: 7 }, (_, index) => [`t${index}`, index ? "" : "v", "red"]) });
    expect(document.querySelectorAll(".tag")).toHaveLength(5);
    expect(find(".tag").textContent.trim()).toBe("t0: v");
    find<HTMLButtonElement>("button").click();
    await settle();
    expect(document.querySelectorAll(".tag")).toHaveLength(7);
  });
});

describe("texts and pictures", () => {
  it("makes links of addresses that open elsewhere, and keeps icons from readers", () => {
    const text = show(LinkedText, { text: "See https://example.org/a." });
    expect(text.textContent).toContain("See example.org/a");
    expect(find<HTMLAnchorElement>("a", text).rel).toContain("noopener");
    const link = find<HTMLAnchorElement>("a", show(OutLink, { to: "https://example.org", href: "https://example.org" }));
    expect(link.target).toBe("_blank");
    const icon = show(Icon, { name: "bell" });
    expect(find("svg", icon).getAttribute("aria-hidden")).toBe("true");
    expect(find("path", icon).getAttribute("d")).toBe(ICONS.bell);
    expect(show(CardPage, { title: "Log in", error: "" }, { default: () => "inside" }).textContent).toContain("inside");
  });
});

describe("CopyLine", () => {
  it("copies, and tells that it did", async () => {
    const written = vi.fn(() => Promise.resolve());
    vi.stubGlobal("isSecureContext", true);
    vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText: written } });
    const copied = vi.fn();
    show(CopyLine, { label: "Token", text: "klp_1", onCopied: copied });
    find<HTMLButtonElement>("button").click();
    await settle();
    expect(written).toHaveBeenCalledWith("klp_1");
    expect(copied).toHaveBeenCalledOnce();
    vi.unstubAllGlobals();
  });
});

describe("dialogs", () => {
  const submit = async (): Promise<void> => {
    find<HTMLFormElement>("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await settle();
  };

  it("a form says what went wrong, stays where it shall, and closes when it is done", async () => {
    const answers: (() => Promise<unknown>)[] = [
      () => Promise.reject(new Error("Refused.")), () => Promise.resolve(false), () => Promise.resolve(),
    ];
    const closed = vi.fn();
    show(FormDialog, { title: "Tag", run: () => answers.shift()?.(), onClose: closed });
    await submit();
    expect(find("[role=alert]").textContent).toBe("Refused.");
    await submit();
    expect(document.querySelector("[role=alert]")).toBeNull();
    expect(closed).not.toHaveBeenCalled();
    await submit();
    expect(closed).toHaveBeenCalledOnce();
  });

  it("a secret takes the place of the form that made it", async () => {
    const made = ref<string | false>(false);
    const create = () => Promise.resolve(made.value);
    show(SecretDialog, { title: "Create", label: "Key", lost: "Lost!", create }, { default: () => h("input") });
    await submit();
    expect(document.querySelector("form")).not.toBeNull();
    made.value = "uk1_x";
    await submit();
    expect(document.querySelector("form")).toBeNull();
    expect(find<HTMLTextAreaElement>("textarea").value).toBe("uk1_x");
  });

  it("a question is answered with what was pressed", async () => {
    show(ConfirmHost);
    const answer = ask({ title: "Delete?", text: "Gone.", action: "Delete", danger: true });
    await settle();
    expect(find("dialog").textContent).toContain("Gone.");
    [...document.querySelectorAll("button")].find((one) => one.textContent.trim() === "Delete")?.click();
    expect((await answer).yes).toBe(true);
  });
});

describe("Toasts", () => {
  it("says what was done", async () => {
    const root = show(Toasts);
    toast("Saved.");
    await settle();
    expect(root.textContent + (document.body.textContent ?? "")).toContain("Saved.");
  });
});
