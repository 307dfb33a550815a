/** How long the history of servers is kept, as a form has it, and back. Pure. */
import type { Retention } from "../../../wire/server-types.ts";

export const TIERS = ["raw", "ten_minutes", "hours", "days"] as const;
export type Tier = (typeof TIERS)[number];
export type RetentionField = Tier | "megabytes";

export const MB = 1_000_000;

/** The server's limits: days, and megabytes. */
export const LIMITS: Record<RetentionField, readonly [least: number, most: number]> = {
  raw: [1, 90],
  ten_minutes: [1, 3650],
  hours: [1, 3650],
  days: [1, 36_500],
  megabytes: [1, 1_000_000],
};

/** Numbers as they stand in fields; a field may be empty. */
export type RetentionDraft = Record<RetentionField, number | string>;

export const draftOf = ({ raw, ten_minutes, hours, days, max_bytes }: Retention): RetentionDraft => ({
  raw,
  ten_minutes,
  hours,
  days,
  megabytes: Math.round(max_bytes / MB),
});

export function wrongIn(draft: RetentionDraft): Set<RetentionField> {
  const fields = Object.keys(LIMITS) as RetentionField[];
  return new Set(
    fields.filter((field) => {
      const [least, most] = LIMITS[field];
      const value = Number(draft[field]);
      return draft[field] === "" || !Number.isInteger(value) || value < least || value > most;
    }),
  );
}

/** Coarser values are what is left of finer ones: none may be kept shorter. Which of the fields are, and than what. */
export function shorterIn(draft: RetentionDraft): Map<Tier, Tier> {
  const found = new Map<Tier, Tier>();
  TIERS.forEach((tier, index) => {
    const finer = TIERS.slice(0, index).find((one) => Number(draft[tier]) < Number(draft[one]));
    if (finer) found.set(tier, finer);
  });
  return found;
}

/** Whether something else stands in the fields, right or wrong. */
export function isChanged(draft: RetentionDraft, stored: Retention): boolean {
  const before = draftOf(stored);
  return [...TIERS, "megabytes" as const].some((field) => String(draft[field]) !== String(before[field]));
}

/** What changed, for `saveServerRetention`: a size that was not touched keeps its odd bytes. */
export function changesIn(draft: RetentionDraft, stored: Retention): Partial<Retention> {
  const before = draftOf(stored);
  const changes: Partial<Retention> = {};
  for (const tier of TIERS) if (Number(draft[tier]) !== before[tier]) changes[tier] = Number(draft[tier]);
  if (Number(draft.megabytes) !== before.megabytes) changes.max_bytes = Number(draft.megabytes) * MB;
  return changes;
}
