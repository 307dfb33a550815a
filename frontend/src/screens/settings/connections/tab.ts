import type { Tab } from "../tabs.ts";

export default {
  name: "connections",
  order: 24,
  label: "nav.connections",
  right: "proxies.view",
  component: () => import("./Connections.vue"),
} satisfies Tab;
