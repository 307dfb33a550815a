import { createApp } from "vue";
import App from "./app/App.vue";
import { startBadge } from "./app/badge.ts";
import { startLive } from "./app/live.ts";
import { router } from "./app/router.ts";
import "./tokens.css";
import "./base.css";

createApp(App).use(router).mount("#app");
startBadge();
startLive();
