"""The looks of status pages: one style sheet for all of them; light, dark, on paper, on small screens."""

from __future__ import annotations

from typing import Final

_COLOURS: Final = """\
:root {
  color-scheme: light dark;
  --ground: light-dark(#f4f6f8, #0e1113);
  --surface: light-dark(#ffffff, #161a1d);
  --line: light-dark(#e1e5e9, #282e33);
  --text: light-dark(#191e22, #e9ecee);
  --soft: light-dark(#545d65, #a5aeb5);
  --accent: light-dark(#17705d, #4cc2a2);
  --up: light-dark(#18744a, #5fcb97);
  --down: light-dark(#b81f2c, #ff8088);
  --pending: light-dark(#8a5400, #f3bd63);
  --maintenance: light-dark(#4156b8, #a7b4f5);
  --nothing: light-dark(#656e77, #8f99a1);
  --bar-up: light-dark(#2f9e69, #3fae79);
  --bar-down: light-dark(#cc2936, #f0616b);
  --bar-pending: light-dark(#e09b2d, #e3a63f);
  --bar-maintenance: light-dark(#6c80dd, #7f8fe0);
  --bar-nothing: light-dark(#ccd2d8, #3a4248);
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
"""

_FRAME: Final = """\
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--text);
  font: 400 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  overflow-wrap: anywhere;
}
main { max-width: 66rem; margin: 0 auto; padding: 2rem 1rem 3rem; }
header { display: flex; align-items: center; gap: 1rem; margin-bottom: 1.5rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0; min-width: 0; }
.subscribe {
  flex: none; margin-left: auto; padding: 0.5rem 1rem; border: 1px solid var(--line); border-radius: 8px;
  background: var(--surface); color: var(--text); font-weight: 600; text-decoration: none;
}
.subscribe:hover { border-color: var(--nothing); }
h2 { font-size: 1.1rem; line-height: 1.3; margin: 0; }
h3, h4 { font-size: 1rem; margin: 0; }
p { margin: 0.5rem 0; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
img { max-width: 100%; }
pre { overflow-x: auto; }
ul, ol { padding: 0 0 0 1.25rem; }
summary { cursor: pointer; }
.logo { width: auto; max-width: 12rem; height: 4rem; object-fit: contain; }
.signs { position: absolute; }
.sign { flex: none; width: 1.1em; height: 1.1em; fill: none; stroke: currentColor; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round; }
.overall {
  display: flex; align-items: center; gap: 0.75rem;
  margin: 0 0 1.5rem; padding: 1.1rem 1.25rem;
  border-radius: 12px;
  color: #fff; background: #565f67;
  font-size: 1.25rem; font-weight: 600; line-height: 1.3;
}
.overall.up { background: #18744a; }
.overall.down { background: #b81f2c; }
.overall.pending { background: #8a5400; }
.overall.maintenance { background: #4156b8; }
.description { margin: 0 0 1.5rem; }
.description > :first-child { margin-top: 0; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: 0.875rem; }
footer p { margin: 0.25rem 0; }
"""

_NEWS: Final = """\
.notice, .group {
  background: var(--surface);
  border: 1px solid var(--line);
  border-radius: 12px;
  margin: 0 0 1rem; padding: 1rem 1.25rem;
}
.notice { border-left: 6px solid var(--accent); }
.notice.danger { border-left-color: var(--bar-down); }
.notice.warning { border-left-color: var(--bar-pending); }
.notice.info, .notice.planned { border-left-color: var(--bar-maintenance); }
.notice.light, .notice.dark { border-left-color: var(--bar-nothing); }
.notice > :last-child { margin-bottom: 0; }
.dates, time { color: var(--soft); font-size: 0.875rem; }
.overall time { color: inherit; font-size: inherit; white-space: nowrap; }
#planned, #past { margin: 1.5rem 0; }
#planned > h2, #past > h2 { margin-bottom: 0.75rem; }
.affects { margin: 0.35rem 0 0; font-size: 0.9em; }
.timeline { list-style: none; margin: 0.75rem 0 0; padding: 0; }
.step { position: relative; padding: 0 0 1rem 1.5rem; }
.step:last-child { padding-bottom: 0; }
.step::before {
  content: ""; position: absolute; left: 0; top: 0.4em;
  width: 0.8em; height: 0.8em; border-radius: 50%;
  background: var(--bar-nothing); border: 2px solid var(--surface); outline: 1px solid var(--line);
}
.step:not(:last-child)::after {
  content: ""; position: absolute; left: 0.4em; top: 1.4em; bottom: -0.4em; width: 1px;
  background: var(--line);
}
.step.investigating::before { background: var(--bar-down); }
.step.identified::before { background: var(--bar-pending); }
.step.monitoring::before { background: var(--bar-maintenance); }
.step.resolved::before { background: var(--bar-up); }
.step > div > :first-child { margin-top: 0.15rem; }
.step > div > :last-child { margin-bottom: 0; }
.month { border-top: 1px solid var(--line); }
.month > summary { padding: 0.75rem 0; }
.month > summary > h3 { display: inline; font-weight: 600; }
.ended { padding: 0 0 1.25rem 1.5rem; }
"""

_SERVICES: Final = """\
.choice { display: flex; justify-content: flex-end; gap: 0.25rem; margin: 0 0 0.5rem; font-size: 0.875rem; }
.choice a { padding: 0.3rem 0.75rem; border-radius: 99px; color: var(--soft); text-decoration: none; }
.choice a:hover { text-decoration: underline; }
.choice [aria-current] { background: var(--surface); color: var(--text); box-shadow: 0 0 0 1px var(--line); }
.group { padding: 0; }
.group > h2, .group summary { padding: 0.9rem 1.25rem; }
.group > details > summary, .month > summary {
  display: flex; align-items: center; gap: 0.75rem; list-style: none;
}
.group > details > summary::-webkit-details-marker,
.month > summary::-webkit-details-marker { display: none; }
.group > details > summary::before, .month > summary::before {
  content: ""; flex: none; width: 0.45rem; height: 0.45rem; margin: 0 0.15rem;
  border: solid var(--soft); border-width: 0 2px 2px 0; transform: rotate(-45deg);
}
.group > details[open] > summary::before, .month[open] > summary::before { transform: rotate(45deg); }
.group h2 { min-width: 0; }
.group > details > summary { position: relative; flex-wrap: wrap; gap: 0 0.75rem; padding-left: 2.75rem; }
.group > details > summary::before { position: absolute; left: 1.4rem; top: 1.3rem; }
.tally { display: flex; flex-wrap: wrap; gap: 0 0.75rem; margin-left: auto; font-size: 0.875rem; }
.group ul { list-style: none; margin: 0; padding: 0 1.25rem; }
.service {
  display: grid;
  grid-template: "name state state" auto "about about about" auto "bars bars uptime" auto
    / minmax(0, 1fr) auto 4.75rem;
  align-items: center;
  gap: 0.4rem 0.75rem;
  padding: 0.75rem 0;
  border-top: 1px solid var(--line);
}
.plain > ul > :first-child { border-top: 0; }
.name { grid-area: name; font-weight: 500; }
.name a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: 0.2em; }
.about {
  grid-area: about; display: flex; flex-wrap: wrap; align-items: center; gap: 0.2rem 0.75rem;
  color: var(--soft); font-size: 0.85rem;
}
.bars { grid-area: bars; overflow: hidden; }
.bars > svg { display: block; width: 100%; height: 32px; }
.bars[data-note]::after { content: attr(data-note); color: var(--soft); font-size: 0.85rem; }
.bars path:hover { opacity: 0.7; }
.uptime { grid-area: uptime; justify-self: end; color: var(--soft); font-variant-numeric: tabular-nums; }
.state {
  grid-area: state; justify-self: end; display: flex; align-items: center; gap: 0.4rem;
  font-weight: 600; overflow-wrap: normal;
}
.scale {
  display: flex; justify-content: space-between;
  padding: 0 0 0.75rem; margin: 0 6.75rem 0 1.25rem; color: var(--soft); font-size: 0.8rem;
}
.scale .short { display: none; }
details.tags > summary { min-width: 1.5rem; line-height: 1.5rem; padding: 0 0.25rem; }
details.tags > .tag { display: block; }
details.tags[open] { max-height: 16rem; overflow: auto; }
.tag svg { margin-right: 0.35rem; border-radius: 50%; box-shadow: 0 0 0 1px var(--line); }
.pace { display: inline-flex; align-items: center; gap: 0.5rem; font-variant-numeric: tabular-nums; }
.pace svg { width: 7.5rem; height: 1.5rem; }
.pace polyline {
  fill: none; stroke: var(--accent); stroke-width: 1.5; vector-effect: non-scaling-stroke;
}
.up { color: var(--up); }
.down { color: var(--down); }
.pending { color: var(--pending); }
.maintenance { color: var(--maintenance); }
.nothing { color: var(--nothing); }
.overall { color: #fff; }
path.up { fill: var(--bar-up); }
path.down { fill: var(--bar-down); }
path.pending { fill: var(--bar-pending); }
path.maintenance { fill: var(--bar-maintenance); }
path.nothing { fill: var(--bar-nothing); }
"""

_CARD: Final = """\
.card main { padding: 0.5rem; }
.card h1 { font-size: 1rem; padding: 0 0 0.4rem; }
.card .whole { color: inherit; text-decoration: none; }
.card .whole::after { content: ""; position: absolute; inset: 0; }
.card .overall { margin: 0; font-size: 1rem; padding: 0.75rem 1rem; }
@media (max-width: 18rem) { .card .overall { gap: 0.5rem; padding: 0.5rem 0.75rem; font-size: 0.875rem; } }
"""

_LOCKED: Final = """\
.locked { max-width: 26rem; padding-top: 20vh; }
.locked form { display: grid; gap: 0.75rem; margin-top: 1.25rem; }
.locked input, .locked button { font: inherit; padding: 0.6rem 0.75rem; border-radius: 8px; }
.locked input { border: 1px solid var(--nothing); background: var(--surface); color: var(--text); }
.locked button { border: 0; background: #17705d; color: #fff; font-weight: 600; cursor: pointer; }
.locked .problem { margin: 0; color: var(--down); }
"""

_SCREENS: Final = """\
@media (max-width: 40rem) {
  main { padding-top: 1.25rem; }
  h1 { font-size: 1.4rem; }
  .overall { font-size: 1.1rem; padding: 0.9rem 1rem; }
  .group > h2, .group summary { padding: 0.8rem 1rem; }
  .group > details > summary { padding-left: 2.4rem; }
  .group > details > summary::before { left: 1.1rem; top: 1.2rem; }
  .group ul { padding: 0 1rem; }
  .scale { margin: 0 6.5rem 0 1rem; }
  .bars:not(.hours) > svg { width: 300%; margin-left: -200%; }
  .scale .short { display: inline; }
  .scale .short + * { margin-left: auto; }
  .scale .long:has(+ .short) { display: none; }
}
@media (min-width: 64rem) {
  .service {
    grid-template: "name bars uptime state" auto "about bars uptime state" auto
      / minmax(0, 1fr) 26rem 4.75rem 8.75rem;
  }
  .name:not(:has(+ .about)) { grid-row: 1 / span 2; }
  .scale { width: 26rem; margin: 0 16.25rem 0 auto; }
}
@media (min-width: 100rem) {
  main { max-width: 84rem; }
  .service { grid-template-columns: minmax(0, 1fr) 40rem 4.75rem 8.75rem; }
  .scale { width: 40rem; }
}
@media (prefers-contrast: more) { :root { --soft: var(--text); --line: var(--text); } }
@media (forced-colors: active) {
  .overall, .notice, .group { border: 1px solid; }
  path.up { fill: CanvasText; }
  path.down { fill: Mark; }
  path.pending, path.maintenance { fill: Highlight; }
  path.nothing { fill: GrayText; }
}
@media print {
  :root, :root[data-theme] { color-scheme: light; --ground: #fff; }
  main { max-width: none; padding: 0; }
  .choice, .feeds, .subscribe { display: none; }
  .group { break-inside: auto; box-decoration-break: clone; }
  .group > details > summary { break-after: avoid; padding-left: 1.25rem; }
  .group > details > summary::before, .month > summary::before { display: none; }
  .notice, .group { border-color: #999; border-radius: 0; }
  .service { padding: 0.35rem 0; }
  .bars > svg { height: 20px; }
  a[href^="http"] { color: inherit; }
  h1, h2, h3, h4 { break-after: avoid; }
  .group > details::details-content, .month::details-content { content-visibility: visible; }
  .overall, .bars path, .step::before { print-color-adjust: exact; }
  .service, .notice, .ended { break-inside: avoid; }
}
"""

STYLE: Final = _COLOURS + _FRAME + _NEWS + _SERVICES + _CARD + _LOCKED + _SCREENS
