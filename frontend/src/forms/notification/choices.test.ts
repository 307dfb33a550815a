import { describe, expect, it } from "vitest";
import { rankOptions } from "../../ui/combobox.ts";
import type { NotificationRow, ServiceInfo } from "../../wire/types.ts";
import { firstOf, optionsOf } from "./choices.ts";

const service = (name: string, groups: string[], more: Partial<ServiceInfo> = {}): ServiceInfo => ({
  name,
  label: name.toUpperCase(),
  description: `Sends through ${name}.`,
  groups,
  fields: [],
  ...more,
});
const services = [
  service("apprise", ["universal"], { missing: "Apprise is not installed." }),
  service("gotify", ["chat", "push"]),
  service("bale", ["chat"]),
  service("pigeon", ["birds"]),
  service("smtp", ["email"], { label: "Émail" }),
  service("stray", []),
];
const row = (id: number, type: string): NotificationRow => ({ id, type }) as NotificationRow;

describe("the services to choose from", () => {
  it("stand under their groups, in the order of Uptime Kuma, by label", () => {
    const shown = optionsOf(services).map(({ group, value }) => `${group}: ${value}`);
    expect(shown).toEqual([
      "Universal: apprise",
      "Chat platforms: bale",
      "Chat platforms: gotify",
      "Push services: gotify",
      "E-mail: smtp",
      "Other integrations: stray",
      "birds: pigeon",
    ]);
  });

  it("say what is not installed", () => {
    expect(optionsOf(services).map(({ note }) => note)[0]).toBe("not installed");
    expect(optionsOf(services).filter(({ note }) => note)).toHaveLength(1);
  });

  it("are found by label, type and description, without accents, once each", () => {
    const found = (text: string) => rankOptions(optionsOf(services), text).map(({ value }) => value);
    expect(found("email")).toEqual(["smtp"]);
    expect(found("SMTP")).toEqual(["smtp"]);
    expect(found("gotify")).toEqual(["gotify"]);
    expect(found("through PIG")).toEqual(["pigeon"]);
  });
});

describe("a new notification", () => {
  it("begins with e-mail", () => {
    expect(firstOf(services, [])).toBe("smtp");
    expect(firstOf(services.slice(0, 2), [])).toBe("apprise");
    expect(firstOf([], [])).toBe("");
  });

  it("begins with the service of the latest one, if it can be used", () => {
    expect(firstOf(services, [row(3, "gotify"), row(7, "bale"), row(5, "gotify")])).toBe("bale");
    expect(firstOf(services, [row(3, "gotify"), row(9, "apprise"), row(8, "gone")])).toBe("gotify");
  });
});
