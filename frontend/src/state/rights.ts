/** What the one who is logged in may do. The server has the last word: this decides what is offered. */
import { shallowRef } from "vue";

export const RIGHTS = ["view", "manage", "own"] as const;
export type Right = (typeof RIGHTS)[number];

/** Whoever is logged in has all of them. */
export const rights = shallowRef<ReadonlySet<Right>>(new Set(RIGHTS));

export const may = (right: Right): boolean => rights.value.has(right);
