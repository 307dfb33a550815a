import type { Tab } from "../tabs.ts";

export default {
  name: "webhooks",
  order: 36,
  label: "nav.webhooks",
  right: "settings.view",
  component: () => import("./Webhooks.vue"),
} satisfies Tab;
