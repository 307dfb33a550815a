import { describe, expect, it } from "vitest";
import { KEEP_SECRET, type Field } from "../../wire/types.ts";
import { errorsOf } from "../declared-fields.ts";
import { isThingKind, thingWire, valuesOf } from "./kinds.ts";

const fields: Field[] = [
  { name: "host", label: "Host", kind: "host", section: "general", default: "", required: true },
  { name: "port", label: "Port", kind: "port", section: "general", default: 0, required: true, minimum: 1 },
  { name: "password", label: "Password", kind: "password", section: "general", default: "", secret: true },
];

describe("a thing between its form and the wire", () => {
  it("begins with the defaults, and with no port where 0 stands for none", () => {
    const values = valuesOf(fields, undefined);
    expect(values).toEqual({ host: "", port: "", password: "" });
    expect(Object.keys(errorsOf(fields, values))).toEqual(["host", "port"]);
  });

  it("keeps a stored secret until another one is typed", () => {
    const stored = { host: "a", port: 3128, password: KEEP_SECRET };
    const values = valuesOf(fields, { id: 1, name: "a:3128", users: 0, values: stored });
    expect(thingWire(fields, { ...values, host: " b " })).toEqual({ ...stored, host: "b" });
  });

  it("is one of three kinds", () => {
    expect(["proxy", "docker_host", "remote_browser", "monitor_group", "tag"].map(isThingKind))
      .toEqual([true, true, true, false, false]);
  });
});
