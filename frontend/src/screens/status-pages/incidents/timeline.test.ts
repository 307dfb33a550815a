import { describe, expect, it } from "vitest";
import type { PageUpdate, Timeline } from "../../../wire/status-page-types.ts";
import { fieldOf, nextState, rewritten, textOf, timeIn, withUpdate } from "./timeline.ts";

const update = (id: number, state: PageUpdate["state"], content = ""): PageUpdate =>
  ({ id, state, content, createdDate: `2026-11-20 10:0${id}:00` });
const incident: Timeline = {
  id: 3, title: "Slow", content: "We look", style: "warning", pin: true, active: true,
  createdDate: "2026-11-20 10:00:00", lastUpdatedDate: null, state: "identified", monitors: [7],
  updates: [update(1, "investigating"), update(2, "identified", "The cause")],
};
const at = (minutes: number): number => Date.UTC(2026, 10, 20, 10, minutes);

describe("the timeline of an incident", () => {
  it("goes on with what comes next", () => {
    expect([null, "investigating", "identified", "monitoring", "resolved"].map((one) => nextState(one as never)))
      .toEqual(["investigating", "identified", "monitoring", "resolved", "resolved"]);
  });

  it("is looked at with an update that is not posted", () => {
    const draft = { incident, replaces: null, state: "monitoring" as const, content: "Better" };
    expect(withUpdate(draft).updates).toEqual([
      { state: "investigating", content: "", time: at(1) }, { state: "identified", content: "The cause", time: at(2) },
      { state: "monitoring", content: "Better" },
    ]);
  });

  it("is looked at with an update that is written again, in its place", () => {
    const draft = { incident, replaces: incident.updates[1] ?? null, state: "resolved" as const, content: "", time: at(9) };
    const { updates, monitors, id } = withUpdate(draft);
    expect(updates?.map(({ state, time }) => [state, time])).toEqual([["investigating", at(1)], ["resolved", at(9)]]);
    expect([monitors, id]).toEqual([[7], 3]);
  });

  it("keeps what is below an incident that gets other words", () => {
    expect(rewritten(incident)).toMatchObject({ id: 3, time: at(0), updates: [{ time: at(1) }, { time: at(2) }] });
  });

  it("says at first what the incident says", () => {
    expect(incident.updates.map((one) => textOf(incident, one))).toEqual(["We look", "The cause"]);
    const updates = [update(2, "monitoring"), update(5, "resolved")];
    expect(textOf({ ...incident, updates }, update(5, "resolved"))).toBe("");
  });
});

describe("a time in a field", () => {
  it("comes back as it went in, to the minute", () => expect(timeIn(fieldOf(at(7)))).toBe(at(7)));
  it("is now when nothing is there", () => {
    expect(fieldOf(undefined)).toBe("");
    expect([timeIn(""), timeIn("soon")]).toEqual([undefined, undefined]);
  });
});
