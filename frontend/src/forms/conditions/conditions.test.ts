import { createApp, h, nextTick, ref } from "vue";
import { afterEach, describe, expect, it } from "vitest";
import ConditionsEditor from "./ConditionsEditor.vue";
import {
  added, changed, itemsOf, lifted, moved, nested, newExpression, newGroup, operatorsOf, removed, variablesOf, withVariable,
  type Expression, type Item,
} from "./conditions.ts";

const VARIABLES = [
  { id: "record", operators: [{ id: "equals", caption: "equals" }, { id: "contains", caption: "contains" }] },
  { id: "count", operators: [{ id: "gt", caption: "greater than" }] },
];
const one = (value: string, more: object = {}): Item =>
  ({ type: "expression", variable: "record", operator: "equals", value, andOr: "and", ...more });
const UNKNOWN = { type: "later", of: [1, { deep: null }] };
const TREE: Item[] = [
  one("a", { id: "kept", andOr: "or" }),
  UNKNOWN,
  { type: "group", andOr: "or", id: 7, children: [one("b"), "no object", one("c", { andOr: "or" })] },
];

describe("the tree", () => {
  it("is read from a list or its text; nothing else is one", () => {
    expect(itemsOf(TREE)).toBe(TREE);
    expect(itemsOf('[{"type": "group"}]')).toEqual([{ type: "group" }]);
    for (const value of [null, undefined, "", "{", "{}", 5, {}]) expect(itemsOf(value)).toEqual([]);
  });

  it("begins with what the type declares, as Uptime Kuma stores it", () => {
    const first = { type: "expression", variable: "record", operator: "equals", value: "", andOr: "and" };
    expect(newExpression(VARIABLES)).toEqual(first);
    expect(newGroup(VARIABLES)).toEqual({ type: "group", children: [first], andOr: "and" });
  });

  it("keeps what is not touched, down to the object", () => {
    const next = changed(TREE, [2, 0], { value: "x" });
    expect(next[0]).toBe(TREE[0]);
    expect(next[1]).toBe(UNKNOWN);
    const children = [one("x"), "no object", one("c", { andOr: "or" })];
    expect(next[2]).toEqual({ type: "group", andOr: "or", id: 7, children });
    expect(TREE[2]).toHaveProperty("children.0.value", "b");
    expect(changed(TREE, [0], { andOr: "and" })[0]).toEqual(one("a", { id: "kept" }));
  });

  it("gains and loses items anywhere", () => {
    expect(added(TREE, [], "z").at(-1)).toBe("z");
    expect(added(TREE, [2], "z")[2]).toHaveProperty("children.3", "z");
    expect(removed(TREE, [1])).toEqual([TREE[0], TREE[2]]);
    expect(removed(TREE, [2, 1])[2]).toHaveProperty("children", [one("b"), one("c", { andOr: "or" })]);
  });

  it("moves items among their neighbours, not beyond", () => {
    expect(moved(TREE, [1], -1)).toEqual([UNKNOWN, TREE[0], TREE[2]]);
    expect(moved(TREE, [2, 0], 1)[2]).toHaveProperty("children.1.value", "b");
    expect(moved(TREE, [0], -1)).toEqual(TREE);
    expect(moved(TREE, [2], 1)).toEqual(TREE);
  });

  it("nests, and takes out again", () => {
    const deeper = nested(TREE, [2, 2]);
    expect(deeper[2]).toHaveProperty("children.2", { type: "group", children: [one("c", { andOr: "or" })], andOr: "or" });
    expect(lifted(deeper, [2, 2, 0])).toEqual(TREE);
    expect(lifted(TREE, [2, 0])).toEqual([TREE[0], UNKNOWN, removed(TREE, [2, 0])[2], one("b")]);
    expect(lifted(TREE, [0])).toEqual(TREE);
  });

  it("offers what is stored, though nobody declares it", () => {
    expect(variablesOf(VARIABLES, "gone")).toEqual(["record", "count", "gone"]);
    expect(operatorsOf(VARIABLES, "count", "==").map(({ id }) => id)).toEqual(["gt", "=="]);
    expect(operatorsOf(VARIABLES, "record", "contains")).toEqual(VARIABLES[0]?.operators);
  });

  it("keeps the operator of another variable where that has it", () => {
    const item = one("a") as Expression;
    expect(withVariable(VARIABLES, item, "count")).toEqual({ variable: "count", operator: "gt" });
    expect(withVariable(VARIABLES, item, "record")).toEqual({ variable: "record", operator: "equals" });
  });
});

describe("the editor", () => {
  let unmount: (() => void) | null = null;
  afterEach(() => {
    unmount?.();
    document.body.replaceChildren();
  });

  function mount(value: unknown) {
    const model = ref(value);
    const root = document.body.appendChild(document.createElement("div"));
    const app = createApp(() =>
      h(ConditionsEditor, {
        id: "c", label: "Conditions", variables: VARIABLES, modelValue: model.value,
        "onUpdate:modelValue": (next: unknown) => (model.value = next),
      }));
    app.mount(root);
    unmount = () => app.unmount();
    const press = async (label: string) => {
      const button = [...root.querySelectorAll("button")].find(
        (each) => each.getAttribute("aria-label") === label || each.textContent?.trim() === label);
      button?.click();
      await nextTick();
      await nextTick();
    };
    return { model, root, press };
  }

  it("gives back what it was given while nothing is changed, whatever it is", () => {
    for (const value of [TREE, JSON.stringify(TREE), [], null]) {
      const { model } = mount(value);
      expect(model.value).toEqual(value);
      unmount?.();
    }
  });

  it("adds, and puts the keyboard into what is new", async () => {
    const { model, press } = mount([]);
    await press("Condition");
    expect(model.value).toEqual([newExpression(VARIABLES)]);
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Subject of condition 1");
    await press("Group");
    expect(model.value).toEqual([newExpression(VARIABLES), newGroup(VARIABLES)]);
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Subject of condition 2.1");
  });

  it("nests, moves and removes, and the keyboard stays with the item", async () => {
    const { model, press } = mount([one("a"), one("b")]);
    await press("Put 2 into a group of its own");
    expect(model.value).toEqual([one("a"), { type: "group", children: [one("b")], andOr: "and" }]);
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Put 2.1 into a group of its own");
    await press("Move condition 2 up");
    expect(model.value).toEqual([{ type: "group", children: [one("b")], andOr: "and" }, one("a")]);
    await press("Take 1.1 out of its group");
    expect(model.value).toEqual([one("b"), one("a")]);
    await press("Remove condition 2");
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Remove condition 1");
    await press("Remove condition 1");
    expect(model.value).toEqual([]);
    expect(document.activeElement?.textContent?.trim()).toBe("Condition");
  });

  it("changes joints and values, and shows what it does not know", async () => {
    const { model, root } = mount(TREE);
    expect(root.querySelector("code")?.textContent).toBe(JSON.stringify(UNKNOWN));
    const joint = root.querySelector<HTMLSelectElement>("[aria-label='How 3 is joined to what stands before it']");
    expect(joint?.value).toBe("or");
    if (joint) joint.value = "and";
    joint?.dispatchEvent(new Event("change"));
    await nextTick();
    const value = root.querySelector<HTMLInputElement>("[aria-label='Value of condition 3.3']");
    if (value) value.value = "new";
    value?.dispatchEvent(new Event("input"));
    await nextTick();
    expect(model.value).toEqual([
      TREE[0], UNKNOWN,
      { type: "group", andOr: "and", id: 7, children: [one("b"), "no object", one("new", { andOr: "or" })] },
    ]);
  });
});
