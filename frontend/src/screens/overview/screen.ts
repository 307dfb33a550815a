import type { Screen } from "../declaration.ts";

export default {
  component: () => import("./Overview.vue"),
  right: "monitors.view",
  routes: [
    { name: "overview", path: "/dashboard", title: null },
    { name: "list", path: "/list", title: null, showsList: true },
  ],
  navigation: [
    { to: { name: "overview" }, label: "nav.overview", icon: "home", at: { bar: 10, bottom: 10 } },
    { to: { name: "list" }, label: "nav.monitors", icon: "list", at: { bottom: 20 } },
  ],
} satisfies Screen;
