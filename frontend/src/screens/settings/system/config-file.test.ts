import { expect, test } from "vitest";
import { changesAnything, leftOutOf, partsOf, problemsOf, type Plan } from "./config-file.ts";

const plan: Plan = {
  source: "Gatus",
  leftOut: [
    { where: "storage", what: "", reason: "it is how Gatus itself runs" },
    { where: "endpoints “Shop”", what: "token", reason: "it has no equal" },
  ],
  variables: [],
  problems: [{ where: "kuma.yaml:2:3: monitors “Shop”", message: "interval: It must be a number." }],
  changes: [
    { kind: "status_pages", key: "shop", action: "keep", fields: [] },
    { kind: "monitors", key: "Shop", action: "create", fields: [{ name: "url", old: null, new: "https://x/" }] },
    { kind: "monitors", key: "Basket", action: "update", fields: [{ name: "interval", old: 60, new: 30 }] },
  ],
};

test("changes stand by what is done, with their fields", () => {
  expect(partsOf(plan).map(({ action, lines }) => [action, lines])).toEqual([
    ["create", [{ name: "monitors: Shop", fields: ["url: https://x/"] }]],
    ["update", [{ name: "monitors: Basket", fields: ["interval: 60 → 30"] }]],
    ["keep", [{ name: "status pages: shop", fields: [] }]],
  ]);
});

test("of many of a kind, the rest is counted", () => {
  const changes = Array.from({ length: 150 }, (_, key) => ({ ...plan.changes[0], key: `${key}` }));
  const [part] = partsOf({ ...plan, changes: changes as Plan["changes"] });
  expect([part?.lines.length, part?.more]).toEqual([100, 50]);
});

test("what stays or waits is no change", () => {
  expect(changesAnything(plan)).toBe(true);
  expect(changesAnything({ ...plan, changes: plan.changes.slice(0, 1) })).toBe(false);
});

test("lines of what does not fit and of what has no equal", () => {
  expect(problemsOf(plan)).toEqual(["kuma.yaml:2:3: monitors “Shop”: interval: It must be a number."]);
  expect(leftOutOf(plan)).toEqual(["storage: it is how Gatus itself runs", "endpoints “Shop”: token: it has no equal"]);
});
