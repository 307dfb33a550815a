import type { Tab } from "../tabs.ts";

export default {
  name: "notifications",
  order: 10,
  label: "nav.notifications",
  right: "notifications.view",
  component: () => import("./Notifications.vue"),
  navigation: { icon: "bell", at: { bar: 30, menu: 10 } },
} satisfies Tab;
