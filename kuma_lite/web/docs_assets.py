"""Style and script of the API's page; without the script it lacks the search alone."""

from __future__ import annotations

from typing import Final

STYLE: Final = """\
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f7f8, #101315);
  --surface: light-dark(#ffffff, #171b1e);
  --sunken: light-dark(#eef0f2, #0c0e10);
  --line: light-dark(#e2e5e8, #282e33);
  --text: light-dark(#1b2024, #e8ebed);
  --soft: light-dark(#565f67, #a4adb4);
  --accent: light-dark(#17705d, #4cc2a2);
  --get: light-dark(#18744a, #5fcb97);
  --post: light-dark(#4156b8, #a7b4f5);
  --change: light-dark(#8a5400, #f3bd63);
  --delete: light-dark(#b81f2c, #ff8088);
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 400 0.9375rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  display: grid; grid-template-columns: 17rem minmax(0, 1fr);
}
nav {
  position: sticky; top: 0; height: 100vh; overflow-y: auto;
  padding: 1.25rem 1rem; border-inline-end: 1px solid var(--line);
}
nav ul { list-style: none; margin: 0 0 0.75rem; padding: 0; }
nav h2 { font-size: 0.8125rem; margin: 0.75rem 0 0.25rem; color: var(--soft); }
nav a { display: block; padding: 2px 0; color: var(--text); text-decoration: none; min-height: 24px; }
nav { overflow-wrap: anywhere; }
nav a:hover { color: var(--accent); text-decoration: underline; }
main { padding: 2rem clamp(1rem, 4vw, 3rem) 4rem; max-width: 62rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 0.5rem; }
main > section > h2 { font-size: 1.25rem; margin: 2.5rem 0 0.75rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
h4 { font-size: 0.8125rem; margin: 1rem 0 0.25rem; color: var(--soft); }
p { margin: 0.5rem 0; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
article {
  background: var(--surface); border: 1px solid var(--line); border-radius: 10px;
  padding: 1rem 1.25rem; margin: 0 0 1rem;
}
.method { font: 600 0.8125rem/1 ui-monospace, monospace; margin-inline-end: 0.5rem; }
.GET { color: var(--get); }
.POST { color: var(--post); }
.PUT, .PATCH { color: var(--change); }
.DELETE { color: var(--delete); }
code, pre { font: 400 0.8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
pre {
  overflow-x: auto; margin: 0.25rem 0; padding: 0.75rem; border-radius: 8px;
  background: var(--sunken); border: 1px solid var(--line);
}
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; vertical-align: top; padding: 4px 12px 4px 0; border-top: 1px solid var(--line); }
th { font-weight: 500; color: var(--soft); border-top: 0; }
td:first-child { white-space: nowrap; }
summary { cursor: pointer; padding: 4px 0; min-height: 24px; }
.soft { color: var(--soft); }
input {
  width: 100%; font: inherit; padding: 6px 10px; color: inherit; background: var(--surface);
  border: 1px solid light-dark(#868e96, #6f7981); border-radius: 8px;
}
[hidden] { display: none; }
@media (max-width: 56rem) {
  body { display: block; }
  nav { position: static; height: auto; max-height: 40vh; border: 0; border-bottom: 1px solid var(--line); }
  main { padding-top: 1.25rem; }
}
@media print { nav { display: none; } body { display: block; } }
"""

SCRIPT: Final = """\
"use strict";
(() => {
  const field = document.getElementById("search");
  const count = document.getElementById("found");
  field.closest("form").hidden = false;
  const parts = [...document.querySelectorAll("article")].map((one) => {
    const link = document.querySelector(`nav a[href="#${CSS.escape(one.id)}"]`);
    return { one, item: link && link.closest("li"), text: one.textContent.toLowerCase() };
  });
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const { one, item, text } of parts) {
      const fits = words.every((word) => text.includes(word));
      one.hidden = !fits;
      if (item) item.hidden = !fits;
      shown += fits;
    }
    for (const section of document.querySelectorAll("main > section")) {
      section.hidden = !section.querySelector("article:not([hidden])");
    }
    count.textContent = words.length ? `${shown} found` : "";
  });
  field.form.addEventListener("submit", (event) => event.preventDefault());
})();
"""
