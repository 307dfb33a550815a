/** A row of the list says why something is down in words for people; what the check said is behind it. */
import { createApp, h } from "vue";
import { expect, it } from "vitest";
import { rowsOf, type Given } from "../../state/test-rows.ts";
import ListRow from "./ListRow.vue";

function noteOf(given: Given): Element | null {
  const [row] = rowsOf(given).values();
  const line = { kind: "row", id: 1, key: "1", depth: 0, group: false, open: false, children: 0 };
  const root = document.createElement("div");
  const props = { row, revision: 0, line, selected: false, chosen: false };
  createApp(() => h(ListRow as never, props)).mount(root);
  return root.querySelector(".note");
}

it("says why a monitor is down", () => {
  const note = noteOf({ id: 1, status: 0, msg: "connect ECONNREFUSED 127.0.0.1:80" });
  expect(note?.textContent).toBe("Connection refused");
  expect(note?.getAttribute("title")).toBe("connect ECONNREFUSED 127.0.0.1:80");
});

it("keeps what speaks for itself, and says nothing of the kind while it is up", () => {
  expect(noteOf({ id: 1, status: 0, msg: "The lights are off" })?.textContent).toBe("The lights are off");
  expect(noteOf({ id: 1, status: 1, msg: "connect ECONNREFUSED 127.0.0.1:80" })?.textContent ?? "").not.toContain("ECONN");
});
