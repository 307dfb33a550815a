import type { Tab } from "../tabs.ts";

export default {
  name: "tokens",
  order: 30,
  label: "nav.tokens",
  right: "manage",
  component: () => import("./Tokens.vue"),
  navigation: { icon: "key", at: { menu: 30 } },
} satisfies Tab;
