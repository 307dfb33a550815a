import { createApp } from "vue";
import App from "./app/App.vue";
import { startBadge } from "./app/badge.ts";
import { startFleet } from "./app/fleet.ts";
import { startLive } from "./app/live.ts";
import { router } from "./app/router.ts";
import "./tokens.css";
import "./base.css";

createApp(App).use(router).mount("#app");
startBadge();
startLive();
startFleet();

const RELOAD_PAUSE_MS = 10_000; // a file that is missing even after a reload must not make it loop

// After an update the files of the page that is open are gone: the next screen needs the new page.
window.addEventListener("vite:preloadError", () => {
  const last = performance.timeOrigin;
  if (Date.now() - last > RELOAD_PAUSE_MS) location.reload();
});
