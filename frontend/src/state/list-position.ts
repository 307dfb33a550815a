/** Where the list of servers was left, so that it can be found there again. */
import { shallowRef } from "vue";
import type { LocationQueryRaw } from "vue-router";

/** The server the keyboard is at, or that was opened last. */
export const cursor = shallowRef<string | null>(null);

/** How the list was left: what its address said, and how far it was scrolled. */
export const left = shallowRef<{ query: LocationQueryRaw; top: number }>({ query: {}, top: 0 });

/** Set by whoever leads back to the list: it shall be as it was left. */
export const returning = shallowRef(false);
