import { createApp, defineComponent, h, nextTick, shallowRef, type App } from "vue";
import { afterEach, describe, expect, it } from "vitest";
import { question } from "./confirm.ts";
import Dialog from "./Dialog.vue";
import { holdDialog } from "./dialog.ts";

let app: App | null = null;
afterEach(() => {
  app?.unmount();
  document.body.replaceChildren();
});

const Guide = defineComponent({ setup: () => (holdDialog(() => "Not copied."), () => h("p")) });

async function open(props: { holds?: string }, content = () => h("input")) {
  const opener = document.body.appendChild(document.createElement("button"));
  opener.focus();
  const shown = shallowRef(true);
  const close = () => (shown.value = false);
  app = createApp(() => (shown.value ? h(Dialog, { title: "One", ...props, onClose: close }, content) : null));
  app.mount(document.body.appendChild(document.createElement("div")));
  await nextTick();
  const dialog = document.querySelector("dialog") as HTMLDialogElement;
  const act = async (event: Event) => {
    dialog.dispatchEvent(event);
    await new Promise((resolve) => setTimeout(resolve));
  };
  const beside = () => act(new MouseEvent("mousedown", { bubbles: true }));
  const escape = () => act(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
  return { opener, shown, beside, escape };
}

describe("Dialog", () => {
  it("gives the focus to the first field, and back to what opened it", async () => {
    const { opener, shown, beside } = await open({});
    expect(document.activeElement?.tagName).toBe("INPUT");
    await beside();
    expect(shown.value).toBe(false);
    expect(document.activeElement).toBe(opener);
  });

  it("asks before what it holds is lost", async () => {
    const { shown, beside, escape } = await open({ holds: "It is lost." });
    await beside();
    expect(question.value).toBeNull();
    await escape();
    expect(question.value?.text).toBe("It is lost.");
    question.value?.answer({ yes: false, option: false });
    await nextTick();
    expect(shown.value).toBe(true);
    await escape();
    question.value?.answer({ yes: true, option: false });
    await new Promise((resolve) => setTimeout(resolve));
    expect(shown.value).toBe(false);
  });

  it("hears from what stands in it that it holds something", async () => {
    const { shown, beside, escape } = await open({}, () => h(Guide));
    await beside();
    await escape();
    expect(question.value?.text).toBe("Not copied.");
    question.value?.answer({ yes: false, option: false });
    expect(shown.value).toBe(true);
  });
});
