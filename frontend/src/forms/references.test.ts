import { describe, expect, it } from "vitest";
import { offered } from "./references.ts";

const things = [
  { id: 1, name: "office" },
  { id: 2, name: "home" },
];

describe("what a reference offers", () => {
  it.each([null, undefined, "", 1, "2"])("all there are, with %j chosen", (chosen) => {
    expect(offered(things, chosen)).toEqual(things);
  });
  it("one that is gone stays chosen", () => {
    expect(offered(things, 7)).toEqual([...things, { id: 7, name: "#7" }]);
    expect(offered(null, "7")).toEqual([{ id: 7, name: "#7" }]);
  });
});
