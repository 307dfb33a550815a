import { createApp, effectScope, h, nextTick, shallowRef, type EffectScope } from "vue";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Field, ServiceInfo } from "../../wire/types.ts";
import { errorsIn, previewForm, usePreviews, type Preview, type Previews } from "./preview.ts";
import TemplatePreview from "./TemplatePreview.vue";

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock("../../wire/socket.ts", () => ({ call }));

const field = (name: string, more: Partial<Field> = {}): Field => ({
  name, label: name, kind: "text", section: "general", default: "", ...more,
});
const service: ServiceInfo = {
  name: "gotify", label: "Gotify", description: "", groups: [],
  fields: [
    field("token", { secret: true }),
    field("url"),
    field("messageStyle", { kind: "select" }),
    field("messageTemplate", {
      kind: "textarea", template: true, shownWhen: { option: "messageStyle", values: ["template"] },
    }),
  ],
};
const preview = (more: Partial<Preview> = {}): Preview => ({ down: "D", up: "U", test: "T", error: null, ...more });

describe("what is asked", () => {
  it("is nothing while no template is shown and filled", () => {
    expect(previewForm(service, { messageStyle: "", messageTemplate: "{{ msg }}" }, "n")).toBeNull();
    expect(previewForm(service, { messageStyle: "template", messageTemplate: "" }, "n")).toBeNull();
  });

  it("leaves secrets out", () => {
    const values = { token: "s3cret", url: " u ", messageStyle: "template", messageTemplate: "{{ msg }}" };
    expect(previewForm(service, values, "n")).toEqual({
      url: "u", messageStyle: "template", messageTemplate: "{{ msg }}", type: "gotify", name: "n",
    });
    expect(previewForm(service, { messageStyle: "detailed" }, "n")).toMatchObject({ messageStyle: "detailed" });
  });
});

describe("the answers", () => {
  let scope: EffectScope;
  beforeEach(() => {
    vi.useFakeTimers();
    call.mockReset();
    scope = effectScope();
  });
  afterEach(() => {
    scope.stop();
    vi.useRealTimers();
  });

  function follow() {
    const form = shallowRef<Record<string, unknown> | null>(null);
    const previews = scope.run(() => usePreviews(() => form.value));
    if (!previews) throw new Error("the scope is not active");
    const type = async (text: string | null, pause: number): Promise<void> => {
      form.value = text === null ? null : { text };
      await nextTick();
      await vi.advanceTimersByTimeAsync(pause);
    };
    return { previews, type };
  }

  it("come a moment after the last key, once", async () => {
    call.mockResolvedValue({ previews: { a: preview() } });
    const { previews, type } = follow();
    await type("x", 100);
    await type("xy", 399);
    expect(call).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(call.mock.calls).toEqual([["previewTemplate", { text: "xy" }]]);
    expect(previews.value).toEqual({ a: preview() });
    await type(null, 0);
    expect(previews.value).toEqual({});
  });

  it("of an older question do not replace those of a newer one, and trouble shows nothing", async () => {
    const answers: ((value: { previews: Previews }) => void)[] = [];
    call.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    const { previews, type } = follow();
    await type("old", 400);
    await type("new", 400);
    answers[1]?.({ previews: { a: preview({ down: "new" }) } });
    answers[0]?.({ previews: { a: preview({ down: "old" }) } });
    await vi.advanceTimersByTimeAsync(0);
    expect(previews.value.a?.down).toBe("new");
    call.mockRejectedValue(new Error("gone"));
    await type("newer", 400);
    expect(previews.value).toEqual({});
  });

  it("say at which field something is wrong", () => {
    const error = { msg: "'if' is not closed (line 2, column 3).", line: 2, column: 3 };
    expect(errorsIn({ good: preview(), bad: preview({ error }) })).toEqual({ bad: error.msg });
  });
});

describe("the control", () => {
  afterEach(() => document.body.replaceChildren());

  async function shown(given: Preview, sample?: string): Promise<string> {
    const root = document.body.appendChild(document.createElement("div"));
    createApp(() => h(TemplatePreview, { preview: given, label: "Message" })).mount(root);
    const radios = [...root.querySelectorAll<HTMLElement>("[role=radio]")];
    expect(radios.map(({ textContent }) => textContent?.trim())).toEqual(["Down", "Up", "Test"]);
    radios.find(({ textContent }) => textContent?.trim() === sample)?.click();
    await nextTick();
    return root.querySelector("pre, p")?.textContent ?? "";
  }

  it("shows the text of the chosen kind", async () => {
    expect(await shown(preview())).toBe("D");
    expect(await shown(preview(), "Up")).toBe("U");
    expect(await shown(preview(), "Test")).toBe("T");
  });

  it("shows marks as they are, and says when nothing comes of it", async () => {
    expect(await shown(preview({ down: "<b>&amp;</b>" }))).toBe("<b>&amp;</b>");
    expect(await shown(preview({ down: " \n" }))).toContain("It comes out empty");
    expect(await shown(preview({ test: null }), "Test")).toContain("with a note");
  });
});
