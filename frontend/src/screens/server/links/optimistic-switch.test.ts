import { shallowRef } from "vue";
import { describe, expect, it } from "vitest";
import { switchId } from "./optimistic-switch.ts";

describe("a switch of an id", () => {
  it("shows its place at once and tells it", async () => {
    const held = shallowRef<readonly number[]>([1]);
    let told: readonly number[] = [];
    const done = switchId(held, 2, true, (ids) => {
      told = ids;
      return Promise.resolve(true);
    });
    expect(held.value).toEqual([1, 2]);
    expect(await done).toBe(true);
    expect([told, held.value]).toEqual([[1, 2], [1, 2]]);
  });

  it.each([[true, [1, 3]], [false, [1, 3, 2]]])("goes back from %s when that failed", async (on, after) => {
    const held = shallowRef<readonly number[]>(on ? [1] : [1, 2]);
    const done = switchId(held, 2, on, () => Promise.resolve(false));
    held.value = [...held.value, 3];
    expect(await done).toBe(false);
    expect([...held.value].sort()).toEqual([...after].sort());
  });
});
