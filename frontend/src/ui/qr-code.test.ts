import { createApp } from "vue";
import { afterEach, describe, expect, it } from "vitest";
import { qrCode } from "./qr.ts";
import QrCode from "./QrCode.vue";

afterEach(() => document.body.replaceChildren());

describe("a drawn QR code", () => {
  it("has a name, white around it, and every dark module", () => {
    const root = document.body.appendChild(document.createElement("div"));
    createApp(QrCode, { text: "Kuma Lite", label: "Code" }).mount(root);
    const image = root.querySelector("svg");
    expect([image?.getAttribute("role"), image?.getAttribute("aria-label")]).toEqual(["img", "Code"]);
    expect(image?.getAttribute("viewBox")).toBe("0 0 29 29");
    const runs = [...(image?.querySelector("path")?.getAttribute("d") ?? "").matchAll(/M(\d+) (\d+)h(\d+)v1/g)];
    const dark = runs.reduce((sum, [, , , length]) => sum + Number(length), 0);
    expect(dark).toBe(qrCode("Kuma Lite").flat().filter(Boolean).length);
    expect(runs[0]?.slice(1)).toEqual(["4", "4", "7"]);
  });
});
