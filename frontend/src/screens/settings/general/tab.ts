import type { Tab } from "../tabs.ts";

export default {
  name: "general",
  order: 20,
  label: "nav.general",
  right: "settings.view",
  component: () => import("./General.vue"),
  navigation: { label: "nav.settings", icon: "gear", at: { bar: 40, menu: 20, bottom: 50 } },
} satisfies Tab;
