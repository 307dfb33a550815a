import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { textsOf, translator } from "./texts.ts";

const read = <T>(path: string): T => JSON.parse(readFileSync(join(process.cwd(), path), "utf8")) as T;
const german = read<Record<string, string>>("src/words/sentences/de.json");
const said = translator({ ...german, "Webhook URL": "Webhook-URL", Name: "Bezeichnung" });

describe("sentences of the server", () => {
  it("are said in another language by their template", () => {
    expect(said("A page has at most {most} groups.", { most: 5 })).toBe("Eine Seite hat höchstens 5 Gruppen.");
  });

  it("are recognised with their values put in", () => {
    expect(said("A page has at most 5 groups.", {})).toBe("Eine Seite hat höchstens 5 Gruppen.");
    expect(said("Steam cannot be asked: connect ECONNREFUSED", {})).toBe(
      "Steam kann nicht gefragt werden: connect ECONNREFUSED",
    );
  });

  it("are those that say most by themselves, where several fit", () => {
    expect(said("Steam cannot be asked: its answer is no JSON", {})).toBe(
      "Steam kann nicht gefragt werden: Die Antwort ist kein JSON",
    );
  });

  it("have their values in the same language where those are words of the server", () => {
    expect(said("Webhook URL is required.", {})).toBe("Webhook-URL ist erforderlich.");
    expect(said("{label} is required.", { label: "Webhook URL" })).toBe("Webhook-URL ist erforderlich.");
    expect(said("A {shown_name} cannot be changed.", { shown_name: "maintenance plan" })).toBe(
      "Das kann nicht geändert werden: Wartungsplan.",
    );
  });

  it("keep what people named", () => {
    expect(said("The proxy {name} answers again.", { name: "Name" })).toBe("Der Proxy Name antwortet wieder.");
  });

  it("keep braces that stand for themselves", () => {
    expect(said('Webhook URL must be a JSON object, for example {"X-Name": "value"}.', {})).toBe(
      'Webhook-URL muss ein JSON-Objekt sein, zum Beispiel {"X-Name": "value"}.',
    );
  });

  it("are null where no template fits", () => {
    expect(said("Whatever a target has said", {})).toBeNull();
    expect(said(`${"x".repeat(5000)} is required.`, {})).toBeNull();
  });

  it("are each the translation of their own template", () => {
    const { sentences } = read<{ sentences: string[] }>("scripts/server-texts.json");
    const wrong = sentences.filter((template) => said(template.replace(/\{(\w+)\}/g, "(~)"), {}) === null);
    expect(wrong).toEqual([]);
  });

  it("are not asked for in English", async () => expect(await textsOf("sentences")).toEqual({}));
});
