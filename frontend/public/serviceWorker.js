/**
 * Shows push messages, also while the page is closed, and opens the page when one is clicked. It keeps no files
 * and answers no requests. Its name is that of Uptime Kuma's worker, so that browsers which were subscribed there
 * take this one in its place.
 */
const TITLE = "Kuma Lite"; // of a message that says none
const OF_OTHERS = /^(status|status-page|upload|api)(\/|$)/; // below the page, but not the page

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
