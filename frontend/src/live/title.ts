/** What the tab is called; each screen says so. */
import { shallowRef } from "vue";

export const pageTitle = shallowRef("");
