import { expect, it } from "vitest";
import { translated } from "./declared.ts";
import type { Field } from "./types.ts";

const field = { name: "a", label: "Name", unit: "days", kind: "select", choices: [{ value: 1, label: "None" }] };

it("are the texts of a declaration in another language, and stay as they are where there is none", () => {
  const type = { label: "Group", description: "Holds others.", fields: [field as unknown as Field] };
  const found = translated(type, { Group: "Gruppe", Name: "Bezeichnung", None: "Keine", days: "Tage" });
  expect(found).toMatchObject({ label: "Gruppe", description: "Holds others." });
  expect(found.fields[0]).toMatchObject({ name: "a", label: "Bezeichnung", unit: "Tage" });
  expect(found.fields[0]?.choices).toEqual([{ value: 1, label: "Keine" }]);
});
