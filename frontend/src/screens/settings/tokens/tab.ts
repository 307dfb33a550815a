import type { Tab } from "../tabs.ts";

export default {
  name: "tokens",
  order: 30,
  label: "nav.tokens",
  right: "tokens.view",
  component: () => import("./Tokens.vue"),
  navigation: { icon: "key", at: { menu: 30 } },
} satisfies Tab;
