/** Forms of settings against a server that answers from here. */
import { createApp, h, nextTick } from "vue";
import { beforeEach, expect, it, vi } from "vitest";
import { WireError } from "../../wire/socket.ts";
import { storedForm, type StoredForm } from "./stored-form.ts";

const server = vi.hoisted(() => ({ stored: {} as Record<string, unknown>, refusal: null as Error | null }));
vi.mock("./general-settings.ts", () => ({
  readSettings: () => Promise.resolve({ ...server.stored }),
  changeSettings(changes: Record<string, unknown>) {
    if (server.refusal) return Promise.reject(server.refusal);
    Object.assign(server.stored, changes);
    return Promise.resolve("Saved.");
  },
}));
beforeEach(() => {
  server.stored = { name: "first" };
  server.refusal = null;
});

function form(): { one: StoredForm; taken: unknown[] } {
  const taken: unknown[] = [];
  let one: StoredForm | null = null;
  const setup = () => {
    one = storedForm((stored) => taken.push(stored.name));
    return () => h("i");
  };
  createApp({ setup }).mount(document.createElement("div"));
  if (!one) throw new Error("the form was not made");
  return { one, taken };
}

it("shows what is stored, then what was saved", async () => {
  const { one, taken } = form();
  expect(one.ready.value).toBe(false);
  await vi.waitUntil(() => one.ready.value);
  await one.save({ name: "second" });
  expect([taken, server.stored.name, one.busy.value]).toEqual([["first", "second"], "second", false]);
});

it("keeps what was typed when it is refused, and says of which field", async () => {
  const { one, taken } = form();
  await vi.waitUntil(() => one.ready.value);
  server.refusal = new WireError("No such site", "name");
  await one.save({ name: "x" });
  expect([taken, one.refused.value, one.problem.value]).toEqual([
    ["first"], { field: "name", message: "No such site" }, "",
  ]);
  server.refusal = new WireError("Not now");
  await one.save({ name: "x" });
  await nextTick();
  expect([one.refused.value, one.problem.value, one.busy.value]).toEqual([null, "Not now", false]);
});
