/** Files of screens that were not loaded yet and could not be: without a connection, or because of an update. */
import { defineAsyncComponent, watch, type AsyncComponentLoader } from "vue";
import type { Router } from "vue-router";
import { toast } from "../ui/toast.ts";
import { basePath, connection } from "../wire/socket.ts";
import { translateServer } from "../words/server.ts";

const RELOAD_PAUSE_MS = 10_000; // a file that is missing even after a reload must not make it loop

let wanted: string | null = null; // the address of the screen that was asked for and could not be shown

/** A part of a screen that is loaded when it is shown; when it cannot be, the address is opened again later. */
export const loadedLater = (loader: AsyncComponentLoader) =>
  defineAsyncComponent({
    loader,
    onError(_error, _retry, fail) {
      wanted = location.href;
      fail();
    },
  });

let ahead = 0; // on their way, without anybody having asked for them

/** Files of what is likely to be opened next; what cannot be had is fetched when somebody asks for it. */
export async function loadAhead(loaders: readonly (() => Promise<unknown>)[]): Promise<void> {
  ahead += 1;
  await Promise.allSettled(loaders.map((load) => load()));
  ahead -= 1;
}

async function isReachable(): Promise<boolean> {
  try {
    // The page's own address. A proxy before a server that is away answers with an error of its own.
    return (await fetch(`${basePath}/`, { method: "HEAD", cache: "no-store" })).status < 500;
  } catch {
    return false;
  }
}

export function startLoading(router: Router, page: Pick<Location, "reload" | "assign"> = location): void {
  let lacking = false;
  let asking = false; // one way to a screen may lack several files

  async function missing(): Promise<void> {
    lacking = true;
    if (asking) return;
    asking = true;
    const reachable = await isReachable();
    asking = false;
    if (!reachable) toast(translateServer("notConnected"), "info");
    // After an update the files of the page that is open are gone: the next screen needs the new page.
    else if (Date.now() - performance.timeOrigin > RELOAD_PAUSE_MS) page.reload();
  }

  let going = false; // to a screen that was asked for

  window.addEventListener("vite:preloadError", () => void ((going || !ahead) && missing()));
  router.beforeEach(() => void (going = true));
  router.onError((_error, to) => {
    going = false;
    if (lacking) wanted = router.resolve(to.fullPath).href;
    lacking = false;
  });
  router.afterEach((_to, _from, failure) => {
    going = false;
    if (!failure) wanted = null;
  });
  // A browser may remember that a file was not there: only the page as a whole tries it again for sure.
  watch(connection, (now) => {
    if (now === "online" && wanted !== null) page.assign(wanted);
  });
}
