import type { Screen } from "../declaration.ts";

export default {
  component: () => import("./ServerPage.vue"),
  right: "servers.view",
  wide: true,
  routes: [{ name: "server", path: "/servers/:uuid", title: null, under: "servers", back: "servers" }],
} satisfies Screen;
