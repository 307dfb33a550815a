import type { Tab } from "../tabs.ts";

export default {
  name: "api-keys",
  order: 34,
  label: "nav.apiKeys",
  right: "api-keys.view",
  component: () => import("./ApiKeys.vue"),
} satisfies Tab;
