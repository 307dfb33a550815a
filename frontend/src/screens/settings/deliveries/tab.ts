import type { Tab } from "../tabs.ts";

export default {
  name: "deliveries",
  order: 15,
  label: "deliveries.title",
  right: "notifications.view",
  component: () => import("./Deliveries.vue"),
} satisfies Tab;
