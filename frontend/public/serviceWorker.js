/**
 * Shows push messages, also while the page is closed, and opens the page when one is clicked. It keeps the files that
 * the page starts with, and gives them only where the server gives none: then the page opens all the same, and says that
 * it has no connection. Its name is that of Uptime Kuma's worker, so that browsers which were subscribed there take this
 * one in its place.
 */
const TITLE = "Kuma Lite"; // of a message that says none
const OF_OTHERS = /^(status|status-page|upload|api)(\/|$)/; // below the page, but not the page

const SHELL = "shell";
/** Addresses of the page; all others may be a status page, which tells what is now or nothing. */
const SCREENS = /^(dashboard|list|add|edit|clone|servers|settings|maintenance|manage-status-page|add-status-page)([/?#]|$)/;

addEventListener("install", () => void skipWaiting());

// Uptime Kuma's worker kept its page here, and would show it for ever.
addEventListener("activate", (event) => event.waitUntil(forget()));

async function forget() {
  for (const name of await caches.keys()) if (name.startsWith("workbox-")) await caches.delete(name);
  await clients.claim();
}

addEventListener("push", (event) => event.waitUntil(show(read(event.data))));

/** A browser that is told must show something, or it ends the subscription. */
function read(data) {
  const text = data?.text() ?? "";
  try {
    const { title, body } = JSON.parse(text);
    return { title: String(title ?? TITLE), body: String(body ?? "") };
  } catch {
    return { title: TITLE, body: text };
  }
}

const show = ({ title, body }) =>
  registration.showNotification(title, { body, icon: "icon-192.png", badge: "badge-96.png", data: { body } });

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(String(event.notification.data?.body ?? "")));
});

/** In a window that shows the page already; else in a new one. The page finds the monitor the text is about. */
async function open(pushed) {
  const { scope } = registration;
  const isPage = ({ url }) => url.startsWith(scope) && !OF_OTHERS.test(url.slice(scope.length));
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = windows.find((client) => isPage(client) && client.focused) ?? windows.find(isPage);
  if (!shown) return clients.openWindow(`${scope}dashboard#pushed=${encodeURIComponent(pushed)}`);
  shown.postMessage({ pushed });
  return shown.focus();
}

addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { scope } = registration;
  const path = url.startsWith(scope) ? url.slice(scope.length) : "";
  if (method !== "GET") return;
  if (mode === "navigate" && SCREENS.test(path)) event.respondWith(ask(event.request, `${scope}dashboard`));
  else if (/^(assets\/|theme\.js$)/.test(path)) event.respondWith(ask(event.request, url));
});

/** The server first, always: what is kept is never shown beside it. */
async function ask(request, kept) {
  try {
    return await fetch(request);
  } catch (error) {
    const found = await caches.match(kept, { ignoreVary: true });
    if (!found) throw error;
    return found;
  }
}

addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keep(event.data.keep));
});

/** The page and the files it was started with, in place of those of before. */
async function keep(files) {
  const { scope } = registration;
  const index = await fetch(`${scope}dashboard`);
  const text = await index.clone().text();
  // Of another version, where the server was updated meanwhile: its files are not these.
  if (!index.ok || index.redirected || !files.some((file) => text.includes(file.slice(scope.length)))) return;
  await caches.delete(SHELL);
  const cache = await caches.open(SHELL);
  await cache.put(`${scope}dashboard`, index);
  await cache.addAll(files);
}
