import type { RouteLocationRaw } from "vue-router";
import { monitors } from "../../state/monitors.ts";
import type { Screen } from "../declaration.ts";

const edit = (monitor: number | null): RouteLocationRaw | null =>
  monitor !== null && monitors.rows.has(monitor) ? { name: "edit", params: { id: monitor } } : null;

export default {
  component: () => import("./MonitorForm.vue"),
  right: "monitors.edit",
  routes: [
    { name: "add", path: "/add", title: "form.title.add", query: ["type"] },
    { name: "edit", path: "/edit/:id(\\d+)", title: "form.title.edit", under: "list" },
    { name: "clone", path: "/clone/:id(\\d+)", title: "form.title.clone", under: "list" },
  ],
  navigation: [
    { to: { name: "add" }, label: "nav.add", icon: "plus", at: { action: 10 } },
    { to: { name: "add" }, label: "nav.new", icon: "plus", at: { bottom: 40 } },
  ],
  keys: [
    { keys: "e", label: "keys.edit", order: 10, act: edit },
    { keys: "n", label: "keys.new", order: 30, act: () => ({ name: "add" }) },
  ],
} satisfies Screen;
