import type { Tab } from "../tabs.ts";

export default {
  name: "system",
  order: 50,
  label: "nav.system",
  right: "owner",
  component: () => import("./System.vue"),
  navigation: { icon: "system", at: { menu: 50 } },
} satisfies Tab;
