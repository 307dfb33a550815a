"""A status page on other sites: a badge that a script puts in, and a card for a frame."""

from __future__ import annotations

from typing import Final

from kuma_lite.status_pages.drawing.headline import Headline
from kuma_lite.status_pages.drawing.html import STYLE_PATH, TIMES_PATH, band
from kuma_lite.status_pages.drawing.html_services import SIGNS
from kuma_lite.status_pages.drawing.markup import escape
from kuma_lite.status_pages.model import Page

# Its own address says which page, on which server: the same text for all pages, with nothing put into it.
BADGE_SCRIPT: Final = """\
"use strict";
(() => {
  const script = document.currentScript;
  const page = script.src.replace(/\\/badge\\.js(?:[?#].*)?$/, "");
  const slug = page.slice(page.lastIndexOf("/") + 1);
  const { search, searchParams: asked } = new URL(script.src); // the key of a protected page
  const { label } = script.dataset;
  const server = page.slice(0, -`/status/${slug}`.length);
  const link = document.createElement("a");
  const picture = document.createElement("img");
  link.href = page + search;
  if (label) asked.set("label", label);
  picture.src = `${server}/api/status-page/${slug}/badge?${asked}`;
  picture.alt = label || "Status";
  link.append(picture);
  script.after(link);
})();
"""

# Anybody may frame it: it shows one sentence and has nothing to click but the way to the page.
CARD_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)


def card(page: Page, found: Headline, now: float) -> str:
    """The page as one sentence.

    Args:
        page: whose it is.
        found: the sentence.
        now: seconds since 1970.
    """
    theme = f' data-theme="{page.theme}"' if page.theme in ("light", "dark") else ""
    return (
        f'<!DOCTYPE html>\n<html lang="en" class="card"{theme}>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>{escape(page.title)}</title>\n"
        f'<link rel="stylesheet" href="{STYLE_PATH}">\n<script defer src="{TIMES_PATH}"></script>\n'
        f"</head>\n<body>\n{SIGNS}<main>"
        f'<h1><a class="whole" href="/status/{page.slug}" target="_top" rel="noopener">'
        f"{escape(page.title)}</a></h1>{band(found, now)}</main>\n</body>\n</html>\n"
    )
