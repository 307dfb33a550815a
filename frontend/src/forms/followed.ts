/** Fields that follow another one until somebody touches them: a timeout its interval. Pure. */
import type { Field } from "../wire/types.ts";
import { isBlank, type Values } from "./declared-fields.ts";

const TENTHS = 10;
const shareOf = (value: number, share: number): number => Math.floor(value * share * TENTHS + 1e-6) / TENTHS;

/** The values after a change of one: a follower that had its share has it again, one above it comes down to it. */
export function followed(
  fields: readonly Field[], before: Values, name: string, value: unknown, touched: Values,
): Values {
  const values = { ...before, [name]: value };
  const leader = Number(value);
  if (isBlank(value) || !(leader > 0)) return values;
  for (const { name: own, follows } of fields) {
    if (follows?.option !== name || own in touched) continue;
    const current = Number(before[own]);
    const share = shareOf(leader, follows.share);
    if (!(current > 0)) continue; // 0 stands for something of its own
    if (current > share || current === shareOf(Number(before[name]), follows.share)) values[own] = share;
  }
  return values;
}
