import { describe, expect, it } from "vitest";
import { carriedBy, tagWire, withTag } from "./monitor-tags.ts";

const team = { id: 1, name: "team", color: "#fff", value: "blue" };

describe("the tags of a monitor", () => {
  it("are read as the server sends them; no value is an empty one", () => {
    const tags = [
      { tag_id: 1, monitor_id: 5, value: "blue", name: "team", color: "#fff" },
      { tag_id: 2, monitor_id: 5, value: null, name: "live", color: "red" },
    ];
    expect(carriedBy({ tags })).toEqual([team, { id: 2, name: "live", color: "red", value: "" }]);
    expect(carriedBy({})).toEqual([]);
  });
  it("carry one tag several times, but not twice with one value", () => {
    expect(withTag([team], team)).toEqual([team]);
    const both = withTag([team], { ...team, value: "red" });
    expect(tagWire([...both, team])).toEqual([[1, "blue"], [1, "red"]]);
  });
});
