import { expect, it } from "vitest";
import { isSilent, levelOf, speedsOf } from "./server-text.ts";

it.each<[number | null, number | null, string[]]>([
  [null, null, []],
  [0.00052, 1199, ["↓ 520 B/s", "↑ 1.2 GB/s"]],
  [0.52, null, ["↓ 520 kB/s", "↑ 0 B/s"]],
])("traffic of %s and %s MB/s is written as %j", (netIn, netOut, lines) => {
  expect(speedsOf({ netIn, netOut })).toEqual(lines);
});

it.each<[number | null, boolean, string | undefined]>([
  [null, false, undefined],
  [67.9, false, undefined],
  [68, false, "near"],
  [80, false, "near"],
  [80.1, false, "over"],
  [10, true, "over"],
])("%s %% of a threshold of 80, with an alert: %s, is %s", (value, alerts, level) => {
  expect(levelOf(value, 80, alerts)).toBe(level);
});

it.each([["online", 60_000, false], ["online", 600_000, true], ["offline", 60_000, true]] as const)(
  "a server that is %s and reported %i ms ago is silent: %s",
  (status, ago, silent) => expect(isSilent({ status, lastSeen: 1e12 - ago }, 1e12)).toBe(silent),
);
