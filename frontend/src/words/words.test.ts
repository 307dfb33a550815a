import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "./en.json";
import { ago, bytes, duration, lasting, milliseconds, percent, share } from "./format.ts";
import { t } from "./index.ts";
import { translateServer } from "./server.ts";

const SOURCE = join(process.cwd(), "src");
// Put together at run time: `status.${…}` and the like.
const COMPOSED = ["server.", "serviceGroup.", "typeGroup.", "type.", "section.", "operator.", "variable."];

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.(vue|ts)$/.test(name) && !name.endsWith(".test.ts") ? [readFileSync(path, "utf8")] : [];
  });
}

const text = sources(SOURCE).join("\n");
const keys = Object.keys(en);

describe("the words", () => {
  it("have every key that is used", () => {
    const used = [...text.matchAll(/\bt\(\s*["']([^"']+)["']/g)].map((match) => match[1] ?? "");
    expect(used.length).toBeGreaterThan(100);
    expect(used.filter((key) => !keys.includes(key))).toEqual([]);
  });

  it("are all used, literally or by a composed key", () => {
    const prefixes = [...text.matchAll(/\bt\(\s*`([\w.]+)\$\{/g)].map((match) => match[1] ?? "");
    const quoted = new Set([...text.matchAll(/["'](?=([\w.-]+)["'])/g)].map((match) => match[1]));
    const unused = keys.filter(
      (key) => !quoted.has(key) && ![...prefixes, ...COMPOSED].some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });

  it("leave no text of people's in the templates", () => {
    const templates = [...text.matchAll(/<template>([\s\S]*?)\n<\/template>/g)].map((match) => match[1] ?? "");
    const loose = templates.flatMap((template) =>
      [...template.matchAll(/>\s*([A-Z][a-z]+[^<{]*)</g)].map((match) => match[1]?.trim()),
    );
    expect(templates.length).toBeGreaterThan(20);
    expect(loose).toEqual([]);
  });

  it("pick plural forms and write numbers", () => {
    expect(t("overview.down", { count: 1 })).toBe("One monitor is down");
    expect(t("overview.down", { count: 1234 })).toBe("1,234 monitors are down");
  });

  it("show a server's key they do not know as it came", () => {
    expect(translateServer("authIncorrectCreds")).toBe("Incorrect username or password.");
    expect(translateServer("Something new.")).toBe("Something new.");
  });
});

describe("formats", () => {
  it.each([
    [1, "100%"], [0.99996, "99.99%"], [0.9987, "99.87%"], [0.563, "56.3%"], [0.00001, "0.0%"], [0, "0%"], [null, "–"],
  ])("percent of %s is %s", (ratio, expected) => expect(percent(ratio)).toBe(expected));

  it.each([[null, "–"], [0.4, "0.4 ms"], [42, "42 ms"], [1234.5, "1,235 ms"], [12_345, "12.3 s"]])(
    "%s milliseconds are %s", (value, expected) => expect(milliseconds(value)).toBe(expected),
  );

  it.each([[0, "0 s"], [59, "59 s"], [90, "1 min 30 s"], [3600, "1 h"], [90_061, "1 d 1 h"]])(
    "%s seconds are %s", (value, expected) => expect(duration(value)).toBe(expected),
  );

  it.each([
    [null, "–"], [0, "0%"], [7.44, "7.4%"], [5, "5%"], [81.6, "82%"], [99.4, "99%"], [99.7, "99.7%"], [99.99, "99.9%"],
    [100, "100%"],
  ])(
    "a share of %s is %s", (value, expected) => expect(share(value)).toBe(expected),
  );

  it.each([[null, "–"], [0, "0 B"], [999, "999 B"], [1000, "1 kB"], [999_700, "1 MB"], [1_536_000_000, "1.54 GB"]])(
    "%s bytes are %s", (value, expected) => expect(bytes(value)).toBe(expected),
  );

  it.each([[-9, "0 s"], [19.7, "19 s"], [59.9, "59 s"], [445, "7 min"], [86_400, "1 d"], [90_061, "1 d 1 h"]])(
    "what began %s seconds ago goes on for %s", (value, expected) => expect(lasting(0, value * 1000)).toBe(expected),
  );

  it("tells how long ago", () => {
    expect(ago(0, 4000)).toBe("now");
    expect(ago(0, 45_000)).toBe("45s ago");
    expect(ago(0, 7_300_000)).toBe("2h ago");
  });
});

describe("sentences of the server", () => {
  it("are looked up by their template, and shown as they came when there is no word for them", () => {
    expect(translateServer("At most {count} monitors.", { count: 5 }, "At most 5 monitors.")).toBe("At most 5 monitors.");
    expect(translateServer("noAnswer")).toBe(t("server.noAnswer"));
  });
});
