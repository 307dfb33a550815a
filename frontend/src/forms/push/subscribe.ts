/** Subscribing this browser to push messages of this server. */
import { call } from "../../wire/socket.ts";
import { t } from "../../words/index.ts";
import { bytesOf, isApple, isSameKey, type Browser } from "./support.ts";

const ANSWER_S = 30; // in a network that blocks the maker's push service, browsers wait for ever
const WORKER = "serviceWorker.js"; // beside index.html, so that it is responsible for all of the page

export const thisBrowser = (): Browser => ({
  isSecure: window.isSecureContext,
  hasWorkers: "serviceWorker" in navigator,
  hasPush: "PushManager" in window && "Notification" in window,
  isApple: isApple(navigator.userAgent, navigator.maxTouchPoints),
  permission: "Notification" in window ? Notification.permission : "default",
});

/** What the browser's push manager gives, as JSON. Rejects with a sentence; call it from a click, as it may ask. */
export async function subscribe(): Promise<PushSubscriptionJSON> {
  const permission = await Notification.requestPermission();
  if (permission !== "granted") throw new Error(t("webpush.dismissed"));
  const key = bytesOf((await call<{ msg: string }>("getWebpushVapidPublicKey")).msg);
  return (await subscription(await worker(), key)).toJSON();
}

async function worker(): Promise<ServiceWorkerRegistration> {
  try {
    const address = new URL(WORKER, document.baseURI);
    await navigator.serviceWorker.register(address, { scope: new URL("./", address).pathname });
  } catch (error) {
    throw new Error(t("webpush.noWorker", { address: location.origin, problem: (error as Error).message }));
  }
  return navigator.serviceWorker.ready;
}

async function subscription({ pushManager }: ServiceWorkerRegistration, key: Uint8Array<ArrayBuffer>) {
  const old = await pushManager.getSubscription();
  // One of another key (the server was set up anew) stands in the way, and is of no use to anybody.
  if (old && !isSameKey(old.options.applicationServerKey, key)) await old.unsubscribe();
  const late = new Promise<never>((_, reject) => {
    window.setTimeout(() => reject(new Error(t("webpush.noAnswer", { seconds: ANSWER_S }))), ANSWER_S * 1000);
  });
  try {
    return await Promise.race([pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }), late]);
  } catch (error) {
    throw new Error(t("webpush.failed", { problem: (error as Error).message }));
  }
}
