import { createApp } from "vue";
import App from "./app/App.vue";
import { startBadge } from "./live/badge.ts";
import { startServerUpdates } from "./live/server-updates.ts";
import { startUpdates } from "./live/updates.ts";
import { startLoading } from "./live/lazy-loading.ts";
import { router } from "./app/router.ts";
import "./tokens.css";
import "./base.css";

createApp(App).use(router).mount("#app");
startBadge();
startUpdates();
startServerUpdates();
startLoading(router);
