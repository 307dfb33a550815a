import { expect, test } from "vitest";
import { limitOf } from "./scopes.ts";

test.each([
  ["", { tag: null, group: null }],
  ["tag:5", { tag: 5, group: null }],
  ["group:7", { tag: null, group: 7 }],
])("a limit as the wire has it: %s", (choice, wire) => {
  expect(limitOf(choice)).toEqual(wire);
});
