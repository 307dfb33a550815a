import type { Tab } from "../tabs.ts";

export default {
  name: "tags",
  order: 26,
  label: "nav.tags",
  right: "tags.view",
  component: () => import("./Tags.vue"),
} satisfies Tab;
