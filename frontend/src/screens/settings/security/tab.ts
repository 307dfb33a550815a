import type { Tab } from "../tabs.ts";

export default {
  name: "security",
  order: 40,
  label: "nav.security",
  right: "account",
  component: () => import("./Security.vue"),
  navigation: { icon: "lock", at: { menu: 40 } },
} satisfies Tab;
