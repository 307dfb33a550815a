"""The looks of status pages: one style sheet for all of them; light, dark, small screens."""

from __future__ import annotations

from typing import Final

STYLE: Final = """\
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f7f8, #101315);
  --surface: light-dark(#ffffff, #171b1e);
  --line: light-dark(#e2e5e8, #282e33);
  --text: light-dark(#1b2024, #e8ebed);
  --soft: light-dark(#565f67, #a4adb4);
  --accent: light-dark(#17705d, #4cc2a2);
  --up: light-dark(#18744a, #5fcb97);
  --down: light-dark(#b81f2c, #ff8088);
  --pending: light-dark(#8a5400, #f3bd63);
  --maintenance: light-dark(#4156b8, #a7b4f5);
  --nothing: light-dark(#68717a, #8b959d);
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--text);
  font: 400 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
header { display: flex; align-items: center; gap: 1rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 0 0 0.5rem; overflow-wrap: anywhere; }
a { color: var(--accent); }
img { max-width: 100%; }
.logo { object-fit: contain; }
.overall, section, .notice {
  background: var(--surface);
  border: 1px solid var(--line);
  border-radius: 10px;
  padding: 1rem 1.25rem;
  margin: 1rem 0;
  overflow-wrap: anywhere;
}
.overall { font-size: 1.15rem; font-weight: 600; border-left: 6px solid currentColor; }
.notice { border-left: 6px solid var(--accent); }
.notice.danger { border-left-color: var(--down); }
.notice.warning { border-left-color: var(--pending); }
.notice.info, .notice.planned { border-left-color: var(--maintenance); }
.notice.light, .notice.dark { border-left-color: var(--nothing); }
.notice > :last-child { margin-bottom: 0; }
.notice pre { overflow-x: auto; }
small, footer { color: var(--soft); }
ul { padding: 0 0 0 1.25rem; }
section > ul { list-style: none; padding: 0; margin: 0; }
section > ul > li {
  display: grid;
  grid-template-columns: 8rem 5rem minmax(0, 1fr) 18.5rem;
  grid-auto-flow: row dense;
  align-items: center;
  gap: 0.25rem 0.75rem;
  padding: 0.6rem 0;
  border-top: 1px solid var(--line);
}
.state { grid-column: 1; font-weight: 600; }
.uptime { grid-column: 2; color: var(--soft); font-variant-numeric: tabular-nums; }
.name { grid-column: 3; overflow-wrap: anywhere; }
.bars { grid-column: 4; grid-row: 1; width: 100%; height: 20px; }
.tag, .certificate, .busy, .ping { grid-column: 3; font-size: 0.85rem; color: var(--soft); }
details.tags { grid-column: 3; font-size: 0.85rem; color: var(--soft); }
details.tags > .tag { display: block; }
.tag svg { margin-right: 0.35rem; }
.up { color: var(--up); fill: var(--up); }
.down { color: var(--down); fill: var(--down); }
.pending { color: var(--pending); fill: var(--pending); }
.maintenance { color: var(--maintenance); fill: var(--maintenance); }
.nothing { color: var(--nothing); fill: var(--nothing); }
footer { margin-top: 2rem; font-size: 0.875rem; }
@media (max-width: 44rem) {
  section > ul > li { grid-template-columns: minmax(0, 1fr) auto auto; }
  .name { grid-column: 1; grid-row: 1; }
  .uptime { grid-column: 2; grid-row: 1; }
  .state { grid-column: 3; grid-row: 1; }
  .tag, details.tags, .certificate, .ping, .bars { grid-column: 1 / -1; grid-row: auto; }
}
"""
