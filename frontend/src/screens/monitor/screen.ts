import { pauseOrResume } from "../../live/actions.ts";
import type { Screen } from "../declaration.ts";

function pause(monitor: number | null): null {
  if (monitor !== null) void pauseOrResume(monitor);
  return null;
}

export default {
  component: () => import("./MonitorPage.vue"),
  ahead: () => Promise.all([import("./MonitorPage.vue"), import("./response/ResponseChart.vue")]),
  right: "monitors.view",
  routes: [{ name: "monitor", path: "/dashboard/:id(\\d+)", title: null, under: "list", back: "overview" }],
  keys: [{ keys: "p", label: "keys.pause", order: 20, act: pause }],
} satisfies Screen;
