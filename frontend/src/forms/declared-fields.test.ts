import { describe, expect, it } from "vitest";
import { KEEP_SECRET, type Field } from "../wire/types.ts";
import { errorOf, errorsOf, isShown, newToken, startValue, storedValue, wireValue } from "./declared-fields.ts";

const field = (kind: Field["kind"], more: Partial<Field> = {}): Field => ({
  name: "x", label: "X", kind, section: "general", default: null, ...more,
});

describe("startValue", () => {
  it.each([
    [field("text"), ""],
    [field("text", { default: "a" }), "a"],
    [field("switch"), false],
    [field("list"), []],
    [field("number", { default: 20 }), 20],
    [field("select", { choices: [{ value: "a", label: "A" }] }), "a"],
    [field("select", { choices: [{ value: "a", label: "A" }, { value: null, label: "None" }] }), null],
  ])("of %j is %j", (given, value) => expect(startValue(given)).toEqual(value));

  it("is the type's wish before the field's own default", () => {
    expect(startValue(field("number", { default: 60 }), { x: 300 })).toBe(300);
  });

  it("makes a token nobody has", () => {
    const token = startValue(field("token", { default: "" }));
    expect(token).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(newToken()).not.toBe(token);
  });
});

describe("storedValue", () => {
  it("shows parsed JSON as text, and text as it is", () => {
    expect(storedValue(field("json"), { a: 1 })).toBe('{\n  "a": 1\n}');
    expect(storedValue(field("json"), '{"a":1}')).toBe('{"a":1}');
    expect(storedValue(field("list"), '["a", "b"]')).toEqual(["a", "b"]);
    expect(storedValue(field("list"), "a")).toEqual(["a"]);
    expect(storedValue(field("list"), "")).toEqual([]);
  });
  it("leaves a zero blank that the field's own rules refuse", () => {
    expect(storedValue(field("number", { minimum: 1, default: 60 }), 0)).toBe("");
    expect(storedValue(field("number", { minimum: 1, default: 60, required: true }), 0)).toBe(60);
    expect(storedValue(field("number", { minimum: 0, default: 60 }), 0)).toBe(0);
  });
  it("takes null for nothing, and an absent key for the default", () => {
    expect(storedValue(field("text", { default: "a" }), null)).toBe("");
    expect(storedValue(field("text", { default: "a" }), undefined)).toBe("a");
  });
});

describe("isShown", () => {
  const method = field("select", { name: "method" });
  const body = field("text", { name: "body", shownWhen: { option: "method", values: ["POST"] } });
  const more = field("text", { name: "more", shownWhen: { option: "body", values: ["full"] } });
  const fields = [method, body, more];

  it("follows the other option", () => {
    expect(isShown(body, fields, { method: "GET" })).toBe(false);
    expect(isShown(body, fields, { method: "POST" })).toBe(true);
  });
  it("hides what hangs on a hidden option", () => {
    expect(isShown(more, fields, { method: "GET", body: "full" })).toBe(false);
    expect(isShown(more, fields, { method: "POST", body: "full" })).toBe(true);
  });
  it("does not hang on a circle of conditions", () => {
    const one = field("text", { name: "a", shownWhen: { option: "b", values: [1] } });
    const two = field("text", { name: "b", shownWhen: { option: "a", values: [1] } });
    expect(isShown(one, [one, two], { a: 1, b: 1 })).toBe(false);
  });
});

describe("errorOf", () => {
  it.each([
    [field("text", { required: true }), "", "This field is required."],
    [field("list", { required: true }), [], "This field is required."],
    [field("text"), "", ""],
    [field("number", { minimum: 1, maximum: 9 }), "10", "Between 1 and 9."],
    [field("number", { minimum: 1 }), 0, "At least 1."],
    [field("number"), "1e", "Enter a number."],
    [field("port"), 70_000, "Between 1 and 65,535."],
    [field("port"), 443, ""],
    [field("url"), "example.org", "A full address, with https:// or the like in front."],
    [field("url"), "https://example.org", ""],
    [field("host"), "http://x", "A host name or address, without spaces or slashes."],
    [field("host"), "db.internal", ""],
    [field("status-codes"), ["200-299", "2xx"], "Codes like 204, or ranges like 200-299."],
    [field("status-codes"), ["200", "1000"], ""],
    [field("json"), '{"a":1}', ""],
    [field("password", { required: true, secret: true }), KEEP_SECRET, ""],
  ])("%j with %j: %s", (given, value, error) => expect(errorOf(given, value)).toBe(error));

  it("quotes what is wrong with JSON", () => {
    expect(errorOf(field("json"), "{")).toMatch(/^This is not valid JSON: /);
  });
});

describe("errorsOf", () => {
  it("does not mind hidden fields", () => {
    const hidden = field("text", { name: "y", required: true, shownWhen: { option: "x", values: ["yes"] } });
    expect(errorsOf([field("text"), hidden], { x: "no" })).toEqual({});
    expect(errorsOf([field("text"), hidden], { x: "yes" })).toHaveProperty("y");
  });
});

describe("wireValue", () => {
  it.each([
    [field("number", { default: 20 }), "", 20],
    [field("number"), "48", 48],
    [field("reference", { default: null }), "3", 3],
    [field("reference", { default: null }), "", null],
    [field("port"), "", null],
    [field("text"), " a ", "a"],
    [field("password"), " a ", " a "],
    [field("textarea"), "a\n", "a\n"],
  ])("%j: %j becomes %j", (given, value, wire) => expect(wireValue(given, value)).toEqual(wire));
});
