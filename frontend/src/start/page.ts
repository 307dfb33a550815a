/** The page itself, once its texts are there: modules below read them while they are loaded. */
import { createApp } from "vue";
import { startBadge } from "../live/badge.ts";
import { startLoading } from "../live/lazy-loading.ts";
import { startPushed } from "../live/pushed.ts";
import { startServerUpdates } from "../live/server-updates.ts";
import { startShell } from "../live/shell.ts";
import { startUpdates } from "../live/updates.ts";
import { loadLater } from "../words/index.ts";
import App from "./App.vue";
import { router } from "./router.ts";

const REST_MS = 2000; // after the start, when the other texts are fetched even if no screen asks for them

createApp(App).use(router).mount("#app");
startBadge();
startUpdates();
startServerUpdates();
startLoading(router);
void startPushed(router);
if (import.meta.env.PROD) startShell();
// What cannot be had is asked for again by the file that needs it.
if (import.meta.env.PROD) window.setTimeout(() => void loadLater().catch(() => undefined), REST_MS);
