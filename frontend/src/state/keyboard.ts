/** Where the keyboard can jump to, and how it steps on a screen with a list of its own. */
import { shallowRef } from "vue";

export const searchField = shallowRef<HTMLInputElement | null>(null);

export const stepper = shallowRef<((by: number) => void) | null>(null);
