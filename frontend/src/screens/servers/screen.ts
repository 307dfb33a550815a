import type { Screen } from "../declaration.ts";

export default {
  component: () => import("./Servers.vue"),
  right: "servers.view",
  wide: true,
  routes: [{ name: "servers", path: "/servers", title: "nav.servers" }],
  navigation: [{ to: { name: "servers" }, label: "nav.servers", icon: "server", at: { bar: 20, bottom: 30 } }],
} satisfies Screen;
