import { describe, expect, it } from "vitest";
import { changesIn, draftOf, emptyDraft, settingsOf, wrongIn } from "./alert-form.ts";

const settings = {
  threshold: { cpu: 90, ram: 90, disk: 85, net_in: 10, net_out: 10 },
  grace_period: { cpu: 5, ram: 5, disk: 10, net_in: 3, net_out: 3, downtime: 5 },
  general: { downtime: true },
};

describe("the alert form", () => {
  it("gives back what it was made of, numbers also where fields have text", () => {
    const draft = draftOf(settings);
    expect(settingsOf(draft)).toEqual(settings);
    draft.threshold.cpu = "82.5";
    draft.downtime = false;
    expect(settingsOf(draft)).toMatchObject({ threshold: { cpu: 82.5 }, general: { downtime: false } });
    expect(settings.threshold.cpu).toBe(90);
  });

  it("has nothing against the defaults, nor against no grace", () => {
    const draft = draftOf(settings);
    draft.grace.cpu = 0;
    expect([...wrongIn(draft)]).toEqual([]);
  });

  it("knows what the server would refuse", () => {
    const draft = draftOf(settings);
    Object.assign(draft.threshold, { cpu: 101, ram: "", net_in: 5000 });
    Object.assign(draft.grace, { disk: 1.5, downtime: 0, net_out: 1441 });
    expect([...wrongIn(draft)]).toEqual([
      "threshold.cpu", "threshold.ram", "grace.disk", "grace.net_out", "grace.downtime",
    ]);
  });

  it("changes of several servers only what is filled in", () => {
    const draft = emptyDraft();
    expect([...wrongIn(draft, true)]).toEqual([]);
    expect(changesIn(draft)).toEqual({});
    draft.threshold.cpu = 80;
    draft.grace.downtime = "10";
    draft.downtime = false;
    expect(changesIn(draft)).toEqual({
      threshold: { cpu: 80 }, grace_period: { downtime: 10 }, general: { downtime: false },
    });
    draft.threshold.ram = 101;
    expect([...wrongIn(draft, true)]).toEqual(["threshold.ram"]);
  });
});
