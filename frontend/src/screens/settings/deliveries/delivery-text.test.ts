import { describe, expect, it } from "vitest";
import type { Delivery } from "../../../wire/types.ts";
import { markOf, outcomeText, saidBy } from "./delivery-text.ts";

const NOW = 1_800_000_000_000;
const delivery = (changes: Partial<Delivery>): Delivery => ({
  id: 1, notification: 2, notificationName: "hook", type: "webhook", monitor: 3, monitorName: "Shop", created: NOW - 60_000,
  ended: null, due: null, attempts: 1, outcome: "delivered", error: null, answer: null, text: "", status: 0, ...changes,
});

describe("a delivery", () => {
  it("has a mark for each outcome", () => {
    const marks = [
      delivery({}), delivery({ outcome: "given_up", error: "no" }), delivery({ outcome: "waiting", attempts: 0 }),
      delivery({ outcome: "waiting", error: "no" }),
    ].map(markOf);
    expect(marks).toEqual(["up", "down", "unknown", "pending"]);
  });

  it("says how far it has come", () => {
    expect(outcomeText(delivery({ ended: NOW }), NOW)).toBe("Delivered now");
    expect(outcomeText(delivery({ ended: NOW, attempts: 3 }), NOW)).toBe("Delivered now · 3 attempts");
    expect(outcomeText(delivery({ outcome: "given_up", ended: NOW }), NOW)).toBe("Given up now");
    expect(outcomeText(delivery({ outcome: "waiting", attempts: 0 }), NOW)).toBe("On its way");
    expect(outcomeText(delivery({ outcome: "waiting", attempts: 2, due: NOW + 12_000 }), NOW)).toBe(
      "Next attempt in 12 s · 2 attempts",
    );
    expect(outcomeText(delivery({ outcome: "waiting", due: NOW - 5_000 }), NOW)).toBe("Next attempt in 0 s");
  });

  it("shows what the service said", () => {
    expect(saidBy(delivery({ answer: "200 ok" }))).toBe("200 ok");
    expect(saidBy(delivery({ outcome: "given_up", error: "no", answer: null }))).toBe("no");
    expect(saidBy(delivery({}))).toBe("");
  });
});
