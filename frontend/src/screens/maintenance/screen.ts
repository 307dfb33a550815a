import type { Screen } from "../declaration.ts";

// The number of a plan is not called `id`: keys that act on the open monitor would take it for one.
export default {
  component: () => import("./Maintenance.vue"),
  right: "maintenance.view",
  wide: true,
  routes: [
    { name: "maintenance", path: "/maintenance", title: "maintenance.title" },
    {
      name: "maintenance-add", path: "/maintenance/add", title: "plan.title.add", under: "maintenance",
      right: "maintenance.edit",
    },
    {
      name: "maintenance-edit", path: "/maintenance/edit/:plan(\\d+)", title: "plan.title.edit", under: "maintenance",
      right: "maintenance.edit",
    },
    {
      name: "maintenance-clone", path: "/maintenance/clone/:plan(\\d+)", title: "plan.title.clone", under: "maintenance",
      right: "maintenance.edit",
    },
    { name: "plan", path: "/maintenance/:plan(\\d+)", title: null, under: "maintenance", back: "maintenance" },
  ],
  navigation: [
    { to: { name: "maintenance" }, label: "maintenance.title", icon: "wrench", at: { bar: 25, menu: 5 } },
  ],
} satisfies Screen;
