"""The scripts of notifications in a browser: one of the form to subscribe, one that shows what happens."""

from __future__ import annotations

from typing import Final

# Of the form, which is whole without it for every other way to be told. What it needs stays hidden where the
# browser cannot do it, or the page is not reached over HTTPS.
FORM: Final = """\
"use strict";
(() => {
  const form = document.querySelector("form[data-key]");
  const parts = "PushManager" in window && "Notification" in window;
  const able = isSecureContext && "serviceWorker" in navigator && parts;
  if (!form || !able) return;
  const WAIT_MS = 30000; // where the maker's push service is blocked, browsers wait for ever
  const { key } = form.dataset;
  // This server may stand below a path of its host: what leads there are the addresses of links and scripts.
  const scope = new URL("./", form.action).pathname;
  const workerAt = new URL("status-worker.js", document.currentScript.src).href;
  const typed = form.querySelectorAll("[data-typed]");
  const said = document.getElementById("said");
  const known = document.getElementById("known");
  const isPush = () => new FormData(form).get("kind") === "push";

  const follow = () => {
    for (const one of typed) {
      one.hidden = isPush();
      for (const input of one.querySelectorAll("[name=target]")) input.disabled = isPush();
    }
  };
  const say = (text, bad) => {
    said.textContent = text;
    said.className = bad ? "problem" : "";
  };
  const post = (part, fields) => fetch(scope + part, { method: "POST", body: new URLSearchParams(fields) });
  const registered = () => navigator.serviceWorker.getRegistration(scope);

  async function worker() {
    const found = await navigator.serviceWorker.register(workerAt, { scope });
    const fresh = found.installing || found.waiting;
    if (!found.active && fresh) {
      await new Promise((go) => {
        fresh.addEventListener("statechange", () => fresh.state === "activated" && go());
      });
    }
    return found;
  }

  async function subscription() {
    const { pushManager } = await worker();
    const text = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
    const applicationServerKey = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const ask = () => pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
    try {
      return await ask();
    } catch (error) {
      if (error.name !== "InvalidStateError") throw error;
      await (await pushManager.getSubscription())?.unsubscribe(); // of another key: the server is a new one
      return ask();
    }
  }

  async function subscribe() {
    if ((await Notification.requestPermission()) !== "granted") {
      return say("This browser shows no notifications of this page. Allow them in its settings first.", true);
    }
    say("Subscribing\\u2026");
    const late = new Promise((_, no) => setTimeout(no, WAIT_MS, new Error("no answer within 30 seconds")));
    const made = await Promise.race([subscription(), late]);
    const fields = new FormData(form);
    fields.set("target", JSON.stringify(made));
    const answer = await post("subscribe", fields);
    if (answer.ok) {
      say("Almost done: a notification tells you that it works.");
      return look();
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const reason = page.querySelector("[role=alert]")?.textContent || `The server said ${answer.status}.`;
    return say(reason, true);
  }

  // Whether this browser is told: the server knows.
  async function look() {
    const made = await (await registered())?.pushManager.getSubscription();
    const push = made ? JSON.stringify(made) : "";
    const is = !!made && (await post("subscription", { push })).status === 200;
    known.hidden = !is;
    for (const one of known.querySelectorAll("[name=push]")) one.value = push;
    if (is) say("");
  }

  form.addEventListener("change", follow);
  form.addEventListener("submit", async (event) => {
    if (!isPush()) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await subscribe();
    } catch (error) {
      say(`This browser could not be subscribed: ${error.message}`, true);
    } finally {
      button.disabled = false;
    }
  });
  known.addEventListener("submit", async (event) => {
    if (event.submitter?.name !== "stop") return;
    event.preventDefault();
    try {
      const made = await (await registered())?.pushManager.getSubscription();
      const answer = await post("unsubscribe", { push: JSON.stringify(made) });
      await made?.unsubscribe();
      await look();
      say(answer.ok ? "This browser is told no more. Your data is deleted." : "It was subscribed no more.");
    } catch (error) {
      say(`That did not work: ${error.message}`, true);
    }
  });
  navigator.serviceWorker.addEventListener("message", () => look());
  navigator.serviceWorker.startMessages();
  form.hidden = false;
  for (const one of form.querySelectorAll("[data-push]")) one.hidden = false;
  document.getElementById("unable")?.remove();
  follow();
  look();
})();
"""

# Shows messages, also while no page is open. It keeps no files and answers no requests.
WORKER: Final = """\
"use strict";
// Messages name paths of the server, which may stand below a path of its host, as this file does.
const here = (path) => new URL(path.slice(1), new URL("./", location.href));
const post = (path, fields) => fetch(here(path), { method: "POST", body: new URLSearchParams(fields) });
const isOwn = (path) => typeof path === "string" && path.startsWith("/status/");

addEventListener("install", () => void skipWaiting());
addEventListener("push", (event) => event.waitUntil(show(event.data)));

async function show(data) {
  let told = {};
  try {
    told = data.json();
  } catch {
    // Something must be shown all the same, or the browser ends the subscription.
  }
  const { title = "Status", body = "", icon, tag, open, stop, confirm } = told;
  let said = body;
  if (confirm && isOwn(confirm)) {
    const answer = await post(confirm, {}).catch(() => null);
    if (!answer?.ok) said = "This browser could not be subscribed. Please try again.";
    for (const one of await clients.matchAll({ type: "window", includeUncontrolled: true })) {
      if (one.url.startsWith(registration.scope)) one.postMessage("confirmed");
    }
  }
  const actions = stop ? [{ action: "stop", title: "Unsubscribe" }] : [];
  const picture = icon?.startsWith("/") ? here(icon).href : icon;
  const shown = { body: said, icon: picture, tag, renotify: !!tag, actions, data: { open, stop } };
  await registration.showNotification(title, shown);
}

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { open, stop } = event.notification.data || {};
  event.waitUntil(event.action === "stop" ? end(stop) : look(open));
});

async function end(stop) {
  if (isOwn(stop)) await post(stop, {});
  await (await registration.pushManager.getSubscription())?.unsubscribe();
}

async function look(path) {
  const href = isOwn(path) ? here(path).href : registration.scope.slice(0, -1);
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  return windows.find((one) => one.url === href)?.focus() || clients.openWindow(href);
}

// The browser's maker has given it another address.
addEventListener("pushsubscriptionchange", (event) => event.waitUntil(move(event)));

async function move({ oldSubscription, newSubscription }) {
  if (!oldSubscription) return;
  const fresh = newSubscription || (await registration.pushManager.subscribe(oldSubscription.options));
  const fields = { push: JSON.stringify(oldSubscription), moved: JSON.stringify(fresh) };
  await fetch(`${registration.scope}subscription`, { method: "POST", body: new URLSearchParams(fields) });
}
"""
