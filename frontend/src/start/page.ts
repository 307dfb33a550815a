/** The page itself, once its texts are there: modules below read them while they are loaded. */
import { createApp } from "vue";
import { startBadge } from "../live/badge.ts";
import { startLoading } from "../live/lazy-loading.ts";
import { startPushed } from "../live/pushed.ts";
import { startServerUpdates } from "../live/server-updates.ts";
import { startUpdates } from "../live/updates.ts";
import App from "./App.vue";
import { router } from "./router.ts";

createApp(App).use(router).mount("#app");
startBadge();
startUpdates();
startServerUpdates();
startLoading(router);
void startPushed(router);
