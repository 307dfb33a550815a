import type { Tab } from "../tabs.ts";

export default {
  name: "appearance",
  order: 22,
  label: "nav.appearance",
  right: "account",
  component: () => import("./Appearance.vue"),
} satisfies Tab;
