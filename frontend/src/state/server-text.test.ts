import { expect, it } from "vitest";
import { speedsOf } from "./server-text.ts";

it.each<[number | null, number | null, string[]]>([
  [null, null, []],
  [0.00052, 1199, ["↓ 520 B/s", "↑ 1.2 GB/s"]],
  [0.52, null, ["↓ 520 kB/s", "↑ 0 B/s"]],
])("traffic of %s and %s MB/s is written as %j", (netIn, netOut, lines) => {
  expect(speedsOf({ netIn, netOut })).toEqual(lines);
});
