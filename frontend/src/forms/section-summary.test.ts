import { describe, expect, it } from "vitest";
import type { Field } from "../wire/types.ts";
import { summaryOf } from "./section-summary.ts";

const field = (label: string, kind: Field["kind"], value: unknown, more: Partial<Field> = {}): Field => ({
  name: label, label, kind, section: "schedule", default: value, ...more,
});
const fields = [
  field("Interval", "number", 60, { required: true, unit: "s" }),
  field("Retries", "number", 0),
  field("Warn", "switch", true),
  field("Mode", "select", null, { choices: [{ value: null, label: "None" }, { value: "a", label: "All" }] }),
  field("Key", "password", "", { secret: true }),
  field("Codes", "list", ["200"]),
  field("Hidden", "text", "", { shownWhen: { option: "Mode", values: ["never"] } }),
];
const start = { Interval: 60, Retries: 0, Warn: true, Mode: null, Key: "", Codes: ["200"], Hidden: "" };
const line = (change: Record<string, unknown>): string => summaryOf(fields, fields, { ...start, ...change });

describe("summaryOf", () => {
  it.each([
    [{}, "Interval 60 s"],
    [{ Retries: 3, Interval: "5" }, "Interval 5 s · Retries 3"],
    [{ Warn: false, Mode: "a" }, "Interval 60 s · Warn: off · Mode: All"],
    [{ Key: "very secret", Codes: ["204", "3"], Hidden: "x" }, "Interval 60 s · Key · Codes 204, 3"],
  ])("of %j", (change, text) => expect(line(change)).toBe(text));

  it("says when all is as usual, and cuts long texts", () => {
    expect(summaryOf(fields.slice(1), fields, start)).toBe("Usual settings");
    const note = field("Note", "text", "");
    expect(summaryOf([note], [note], { Note: "x".repeat(50) })).toBe(`Note ${"x".repeat(30)}…`);
  });
});
