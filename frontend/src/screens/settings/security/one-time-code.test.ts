import { describe, expect, it } from "vitest";
import { codeOf, secretOf } from "./one-time-code.ts";

describe("one-time codes", () => {
  it("have a secret that can be typed", () => {
    expect(secretOf("otpauth://totp/Uptime%20Kuma:a%3Fsecret=no?secret=GEZDGNBV")).toBe("GEZDGNBV");
    expect(secretOf("")).toBe("");
  });

  it("may be typed as apps show them", () => expect(codeOf(" 123 456")).toBe("123456"));
});
