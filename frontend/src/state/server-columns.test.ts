import { expect, it } from "vitest";
import { look, lookFrom, toggleColumn } from "./server-columns.ts";

it("is as it was left, as far as it is known", () => {
  expect(lookFrom('{"layout":"cards","columns":["seen","cpu","gone"]}')).toEqual({
    layout: "cards",
    columns: ["cpu", "seen"],
  });
  for (const nothing of [null, "", "{", "7", '{"layout":"cards"}']) {
    expect(lookFrom(nothing).columns).toContain("disk");
    expect(lookFrom(nothing).layout).toBe("table");
  }
});

it("keeps the order of columns, and stores what is chosen", () => {
  toggleColumn("ram");
  expect(look.value.columns).not.toContain("ram");
  toggleColumn("load");
  toggleColumn("ram");
  expect(look.value.columns).toEqual(["cpu", "ram", "disk", "hour", "net", "load", "seen"]);
  expect(lookFrom(localStorage.getItem("server-list"))).toEqual(look.value);
});
