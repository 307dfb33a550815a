/** What is stored, through the form and back: tests/monitors/doors/test_form.py saves it and compares. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { errorsOf } from "../../../forms/declared-fields.ts";
import type { Monitor, MonitorTypes } from "../../../wire/types.ts";
import { fieldsOf, storedValues, toWire, typeOf } from "../form-values.ts";

const { MONITOR_TYPES, MONITORS_STORED, MONITORS_EDITED } = process.env;
const read = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));

describe.skipIf(!MONITORS_STORED)("the form of every type", () => {
  it("opens without a mistake and saves", () => {
    const types = read(MONITOR_TYPES ?? "") as MonitorTypes;
    const mistakes: unknown[] = [];
    const edited = (read(MONITORS_STORED ?? "") as Monitor[]).map((monitor) => {
      const type = typeOf(types, monitor.type);
      if (!type) throw new Error(monitor.type);
      const values = storedValues(types, type, monitor, false);
      const errors = errorsOf(fieldsOf(types, type), values);
      if (Object.keys(errors).length) mistakes.push([monitor.type, errors]);
      const links = { parent: (monitor.parent as number | null | undefined) ?? null, notifications: [] };
      return toWire(types, type, values, links, monitor);
    });
    expect(mistakes).toEqual([]);
    expect(edited.length).toBeGreaterThan(types.types.length);
    writeFileSync(MONITORS_EDITED ?? "", JSON.stringify(edited));
  });
});
