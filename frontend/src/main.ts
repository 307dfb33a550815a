import { createApp } from "vue";
import App from "./app/App.vue";
import { startBadge } from "./app/badge.ts";
import { startFleet } from "./app/fleet.ts";
import { startLive } from "./app/live.ts";
import { startLoading } from "./app/loading.ts";
import { router } from "./app/router.ts";
import "./tokens.css";
import "./base.css";

createApp(App).use(router).mount("#app");
startBadge();
startLive();
startFleet();
startLoading(router);
