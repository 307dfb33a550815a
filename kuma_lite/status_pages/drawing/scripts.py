"""The scripts of status pages, each a file of its own; pages are whole without them."""

from __future__ import annotations

from typing import Final

# Moments in the visitor's own time and language; what stood there before is the title.
TIMES: Final = """\
"use strict";
(() => {
  const time = { hour: "numeric", minute: "2-digit" };
  const full = { ...time, day: "numeric", month: "short" };
  const form = (at, short) => {
    const now = new Date();
    if (short && at.toDateString() === now.toDateString()) return time;
    return at.getFullYear() === now.getFullYear() ? full : { ...full, year: "numeric" };
  };
  const local = () => {
    for (const one of document.querySelectorAll("main time:not([title])")) {
      const at = new Date(one.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      one.title = one.textContent;
      one.textContent = at.toLocaleString([], form(at, one.dataset.form));
    }
  };
  local();
  document.addEventListener("fresh", local);
})();
"""

# Remembers what is folded, says the day of a bar that is touched, and keeps the page fresh: at once when the
# server says so, else every now and then.
LIVE: Final = """\
"use strict";
(() => {
  const main = document.querySelector("main");
  const key = `folded ${main.dataset.live}`;
  const shown = new Map();
  let folded = {};
  let live = null;
  let asked = 0;
  try {
    folded = JSON.parse(localStorage.getItem(key)) || {};
  } catch {
    // storage may be forbidden; then nothing is remembered
  }
  const fold = () => {
    for (const one of main.querySelectorAll("details[id]")) {
      if (typeof folded[one.id] === "boolean") one.open = folded[one.id];
    }
  };
  const name = (node, place) => node.id || node.dataset.groupId || node.tagName + place;
  // Puts in what has changed, and leaves alone what has not: what somebody reads does not jump.
  const put = (old, fresh, path) => {
    const there = new Map([...old.children].map((node, place) => [name(node, place), node]));
    const wanted = [...fresh.children].map((node, place) => {
      const id = name(node, place);
      const known = there.get(id);
      const way = `${path}/${id}`;
      const same = shown.get(way) === node.outerHTML;
      shown.set(way, node.outerHTML);
      if (!known || known.tagName !== node.tagName) return document.adoptNode(node);
      if (same) return known;
      if (id === "services") {
        put(known, node, way);
        return known;
      }
      known.className = node.className;
      known.replaceChildren(...node.childNodes);
      return known;
    });
    for (const node of there.values()) if (!wanted.includes(node)) node.remove();
    wanted.forEach((node, place) => {
      if (old.children[place] !== node) old.insertBefore(node, old.children[place] || null);
    });
  };
  const note = (old, path) => {
    [...old.children].forEach((node, place) => {
      const way = `${path}/${name(node, place)}`;
      shown.set(way, node.outerHTML);
      if (node.id === "services") note(node, way);
    });
  };
  const refresh = async () => {
    asked = Date.now();
    try {
      const answer = await fetch(location.href.split("#")[0], { cache: "no-cache" });
      if (answer.status === 403) location.reload(); // the password is another one now
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
      if (!fresh) return;
      const held = document.activeElement;
      const home = held.closest("main [id]");
      put(main, fresh, "");
      fold();
      if (home && !held.isConnected) document.getElementById(home.id)?.querySelector(held.tagName)?.focus();
      document.dispatchEvent(new Event("fresh"));
    } catch {
      // the next time
    }
  };
  const every = 1000 * main.dataset.refresh;
  const soon = () => setTimeout(refresh, 2000 * Math.random());
  const listen = () => {
    live?.close();
    live = null;
    if (document.hidden) return;
    live = new EventSource(main.dataset.live);
    live.addEventListener("change", soon);
    if (asked && Date.now() - asked > 10000) refresh();
  };
  note(main, "");
  fold();
  asked = Date.now();
  main.addEventListener("click", (event) => {
    const folding = event.target.closest("summary")?.parentElement;
    if (folding?.id) {
      folded[folding.id] = !folding.open;
      try {
        localStorage.setItem(key, JSON.stringify(folded));
      } catch {
        // see above
      }
    }
    const words = event.target.closest(".bars path")?.querySelector("title");
    if (words) event.target.closest(".bars").dataset.note = words.textContent;
  });
  document.addEventListener("visibilitychange", listen);
  setInterval(() => document.hidden || refresh(), every);
  listen();
})();
"""
