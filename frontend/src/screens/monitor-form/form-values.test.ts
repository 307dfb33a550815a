import { describe, expect, it } from "vitest";
import { sectionsOf } from "../../forms/declared-fields.ts";
import { rowsOf } from "../../state/test-rows.ts";
import type { Field, Monitor, MonitorTypes } from "../../wire/types.ts";
import { groupsFor } from "../../state/monitor-groups.ts";
import { fieldsOf, startValues, storedValues, suggestedName, toWire, typeOf } from "./form-values.ts";

const field = (name: string, kind: Field["kind"], value: unknown, section = "general"): Field => ({
  name, label: name, kind, section, default: value,
});
const kind = (name: string, fields: Field[], formDefaults = {}) => ({
  name, label: name, description: "", group: "general", pushed: false, formDefaults, fields,
});

const types: MonitorTypes = {
  types: [
    kind("http", [field("url", "url", ""), field("accepted_statuscodes", "status-codes", ["200-299"])]),
    kind("ntp", [field("hostname", "host", ""), field("interval", "number", 300, "schedule")]),
    kind("push", [field("pushToken", "token", "")], { interval: 120 }),
  ],
  common: [field("name", "text", ""), field("parent", "number", null), field("interval", "number", 60, "schedule")],
};
const get = (name: string) => {
  const found = typeOf(types, name);
  if (!found) throw new Error(name);
  return found;
};
const links = { parent: 3, notifications: [5, 7] };

describe("fieldsOf", () => {
  it("lets a type's own declaration win over the common one, and leaves out what has its own place", () => {
    expect(fieldsOf(types, get("ntp")).map(({ name }) => name)).toEqual(["name", "hostname", "interval"]);
  });
});

describe("sectionsOf", () => {
  it("has the known sections in their order, strangers before the advanced ones", () => {
    const fields = ["advanced", "odd", "schedule", "general"].map((section) => field(section, "text", "", section));
    expect(sectionsOf(fields).map(({ name }) => name)).toEqual(["general", "schedule", "odd", "advanced"]);
  });

  it("folds what is rarely needed, unless a mistake is in it", () => {
    const fields = [field("a", "text", "", "advanced"), field("b", "text", "", "place")];
    expect(sectionsOf(fields).map(({ name, folded }) => [name, folded])).toEqual([["general", false], ["advanced", true]]);
    expect(sectionsOf(fields, { a: "wrong" })[1]?.folded).toBe(false);
  });
});

describe("startValues", () => {
  it("takes the type's wishes for common fields", () => {
    expect(startValues(types, get("push")).interval).toBe(120);
  });
  it("keeps what was touched when the type changes", () => {
    expect(startValues(types, get("push"), { name: "mine", url: "x" })).toMatchObject({ name: "mine", interval: 120 });
    expect(startValues(types, get("push"), { url: "x" })).not.toHaveProperty("url");
  });
});

describe("storedValues", () => {
  const monitor = { id: 1, name: "p", type: "push", pushToken: "old", interval: 60 };
  it("keeps the token of an edit and makes a new one for a clone", () => {
    expect(storedValues(types, get("push"), monitor, false).pushToken).toBe("old");
    expect(storedValues(types, get("push"), monitor, true).pushToken).not.toBe("old");
  });
});

describe("toWire", () => {
  it("adds with declared keys, links, status codes and conditions", () => {
    const values = { name: " Shop ", url: " https://shop.example ", interval: "30", stray: 1, accepted_statuscodes: ["200"] };
    expect(toWire(types, get("http"), values, links, null)).toEqual({
      type: "http",
      name: "Shop",
      url: "https://shop.example",
      interval: 30,
      accepted_statuscodes: ["200"],
      parent: 3,
      notificationIDList: { 5: true, 7: true },
      conditions: [],
    });
  });

  it("edits without conditions, and keeps what the server would drop", () => {
    const old: Monitor = {
      id: 4, name: "n", type: "ntp", port: 123, proxyId: 2, accepted_statuscodes: ["300"], conditions: [1],
    };
    const wire = toWire(types, get("ntp"), { name: "n", hostname: "h", interval: 300 }, links, old);
    expect(wire).toMatchObject({ id: 4, port: 123, proxyId: 2, accepted_statuscodes: ["300"] });
    expect(wire).not.toHaveProperty("conditions");
  });

  it("names a nameless monitor by what it looks at", () => {
    expect(toWire(types, get("http"), { name: "", url: "https://a.example:8443/x" }, links, null).name).toBe("a.example:8443");
  });
});

describe("suggestedName", () => {
  it.each([
    [{ url: "https://a.example/" }, "a.example"],
    [{ url: "nonsense", hostname: " db " }, "db"],
    [{}, ""],
  ])("of %j is %s", (values, name) => expect(suggestedName(values)).toBe(name));
});

describe("groupsFor", () => {
  it("has paths, and neither the monitor itself nor what lies in it", () => {
    const rows = rowsOf(
      { id: 1, name: "A", type: "group" },
      { id: 2, name: "B", type: "group", parent: 1 },
      { id: 3, name: "C", type: "group", parent: 2 },
      { id: 4, name: "D", type: "group" },
      { id: 5, name: "no group" },
    );
    expect(groupsFor(rows, null).map(({ path }) => path)).toEqual(["A", "A / B", "A / B / C", "D"]);
    expect(groupsFor(rows, 2).map(({ path }) => path)).toEqual(["A", "D"]);
  });
});
