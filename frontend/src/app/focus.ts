/** Where the keyboard can jump to. */
import { shallowRef } from "vue";

export const searchField = shallowRef<HTMLInputElement | null>(null);
