/** Limits on the numbers a check yields, as the server stores them. Pure. */
import { t } from "../words/index.ts";

export const OPERATORS = [">", ">=", "<", "<=", "==", "!="] as const;
export const BECOMES = ["down", "pending"] as const;
const MOST_CHECKS = 100;

export interface Limit {
  number: string;
  operator: string;
  value: number | null; // null: not typed yet
  becomes: string;
  count: number; // so many …
  of: number; // … of the last checks must break it
}

export const newLimit = (number: string): Limit => ({
  number,
  operator: ">",
  value: null,
  becomes: "down",
  count: 1,
  of: 1,
});

/** The stored value as the editor holds it; keys that are not there are the server's defaults. */
export function limitsOf(value: unknown): Limit[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter((entry): entry is Partial<Limit> => typeof entry === "object" && entry !== null)
    .map((entry) => ({ ...newLimit(""), ...entry }));
}

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= MOST_CHECKS;

/** What is wrong with the limits of a form; empty when nothing is. */
export function limitsError(value: unknown): string {
  for (const { value: bound, count, of } of limitsOf(value)) {
    if (bound === null || !Number.isFinite(bound)) return t("limits.valueMissing");
    if (!isCount(count) || !isCount(of)) return t("limits.counts", { most: MOST_CHECKS });
    if (count > of) return t("limits.countAboveOf");
  }
  return "";
}
