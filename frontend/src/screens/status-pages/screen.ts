import type { Screen } from "../declaration.ts";

// Uptime Kuma's addresses; those of visitors (/status/…) are the server's own.
export default {
  component: () => import("./StatusPages.vue"),
  right: "status-pages.view",
  wide: true,
  routes: [
    { name: "pages", path: "/manage-status-page", title: "pages.title" },
    { name: "page-add", path: "/add-status-page", title: "pages.new", under: "pages", right: "status-pages.edit" },
    {
      name: "page-edit", path: "/manage-status-page/:slug", title: null, under: "pages", back: "pages",
      right: "status-pages.edit",
    },
  ],
  navigation: [
    { to: { name: "pages" }, label: "pages.title", icon: "page", at: { bar: 27, menu: 6 } },
    { to: { name: "page-add" }, label: "pages.new", icon: "plus", at: { palette: 10 }, right: "status-pages.edit" },
  ],
} satisfies Screen;
