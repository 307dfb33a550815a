"""Whatever editors, monitors and strangers write: nothing of it runs, or leads to where scripts are."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Final

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kuma_lite.core.declarations import Status
from kuma_lite.status_pages.badges.badge_svg import Badge
from kuma_lite.status_pages.badges.badge_svg import render as render_badge
from kuma_lite.status_pages.component_model import ShownComponent
from kuma_lite.status_pages.drawing import embeds
from kuma_lite.status_pages.drawing.analytics import analytics_of
from kuma_lite.status_pages.drawing.facts import Facts
from kuma_lite.status_pages.drawing.headline import headline
from kuma_lite.status_pages.drawing.html import content_policy, render, render_history
from kuma_lite.status_pages.drawing.markdown import to_html
from kuma_lite.status_pages.drawing.static_copy import relative
from kuma_lite.status_pages.editing.reading import ANALYTICS
from kuma_lite.status_pages.model import (
    Bar,
    Incident,
    IncidentState,
    Page,
    PlannedWindow,
    ShownServer,
    Update,
)
from kuma_lite.status_pages.protection.unlocking import form
from tests.status_pages.test_html import Tags, beats, document, monitor

NOW: Final = 1_795_311_412.0
PHASES: Final = (Phase.explicit, Phase.reuse, Phase.generate)  # to make a page smaller takes minutes
# What breaks out of a document, in pieces that Hypothesis puts together.
PIECES = [
    "<script>alert(1)</script>", "</script>", "<!--", "-->", "]]>", "<![CDATA[", "</style>", "</title>",
    "</textarea>", '"', "'", ">", "<", "`", "&", "&quot;", "&#34;", "&#x22;", '\\', '\x00', '\n', '\r',
    '\u2028', '\ud800', "=", " onerror=alert(1) ", " onload=alert(1)//", "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>", "javascript:", "JaVaScRiPt:alert(1)", 'java\tscript:alert(1)',
    "data:text/html,<script>alert(1)</script>", "vbscript:x", "[x](javascript:alert(1))",
    "[x](data:text/html,x)", "![x](//evil.example/x)", '[x](/\\evil.example)', "**", "~~", "```", "# ",
    "> ", "- ", "1. ", 'https://a.example/"onmouseover=alert(1)', "<iframe src=//evil.example>",
    "<base href=//evil.example>", '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
    "{{constructor}}", "${x}", "%3Cscript%3E", "url(", "expression(", '\xfc', '\u202e', '\U0001f43b',
]  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=6).map("".join)
ADDRESS = re.compile(
    r"https?://|/(?![/\\])|[?#]|data:image/|[a-z-]+(\.[a-z]+)?$|$", re.I
)  # or a file of a copy
LINK = re.compile(r"https?://|mailto:|/|[?#]|[a-z-]+\.[a-z]+$", re.I)  # anywhere in the web
WITH_ADDRESS = ("href", "src", "action", "formaction", "poster", "data", "srcset", "xlink:href")
NEVER = {
    "iframe",
    "object",
    "embed",
    "base",
    "frame",
    "applet",
    "style",
    "template",
    "foreignobject",
    "animate",
    "set",
}
OWN_SCRIPTS = {"/status-live.js", "/status-times.js", "status-times.js", "analytics.js"}
NO_SCRIPT = ("application/json", "text/plain")


def nothing_runs(html: str, *, scripts: set[str] = frozenset(), forms: bool = False) -> Tags:  # type: ignore[assignment]
    """What a browser makes of a document has nothing in it that runs, but for our own scripts."""
    found = Tags(html)
    for tag, attributes in found.tags:
        assert tag not in NEVER, (tag, attributes)
        assert forms or tag not in ("form", "input", "button"), tag
        assert "http-equiv" not in attributes
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name, value)
            assert name != "style" or value is None, (tag, value)
            if name in WITH_ADDRESS and not (tag == "use" and (value or "").startswith("#is-")):
                assert (LINK if tag == "a" else ADDRESS).match((value or "").strip()), (tag, name, value)
        if tag == "script":
            source = attributes.get("src")
            assert source in scripts or (source is None and attributes.get("type") in NO_SCRIPT), attributes
    return found


@st.composite
def pages(draw: st.DrawFn) -> Page:
    text = draw(st.lists(TEXT, min_size=8, max_size=8))
    return Page(
        id=1, organisation=1, slug="page", title=text[0], description=text[1], icon=text[2], theme=text[3],
        custom_css=text[4], footer_text=text[5], analytics_id=text[6], analytics_script_url=text[7],
        analytics_type=draw(st.sampled_from([None, *ANALYTICS, "odd"])),
        rss_title=text[0], show_response_times=True,
    )  # fmt: skip


@settings(max_examples=100, phases=PHASES, deadline=None)
@given(pages(), st.lists(TEXT, min_size=8, max_size=8))
def test_a_page_of_hostile_words(page: Page, words: list[str]) -> None:
    tags = [
        {"id": n, "tag_id": n, "name": words[1], "value": words[2], "color": words[3], "monitor_id": 1}
        for n in range(7)
    ]
    shown = document(
        incidents=[
            {
                "id": 1, "title": words[4], "content": words[5], "style": words[6],
                "createdDate": "2026-11-22 01:00:00", "lastUpdatedDate": None,
            }
        ],
        maintenanceList=[{"id": 1, "title": words[0], "description": words[1]}],
        publicGroupList=[
            {"id": 1, "name": words[2], "monitorList": [monitor(name=words[0], url=words[7], tags=tags)]}
        ],
    )  # fmt: skip
    facts = Facts(
        updates={1: [Update(1, 1, IncidentState.IDENTIFIED, words[3], int(NOW))]},
        past=[Incident(2, 1, words[4], words[5], words[6], int(NOW), None, active=False)],
        windows=[PlannedWindow(1, words[0], words[1], NOW + 60, NOW + 120, False)],
        bars={1: [Bar(0, 0.5, 1, 60)]},
        components=[ShownComponent(1, words[0], 1, Status.DOWN, 0, words[5], int(NOW) + 60)],
    )
    server = ShownServer(words[6], True, ("cpu",), False, 0)
    counting = {unescape(source) for source in re.findall(r'src="([^"]*)"', analytics_of(page).head)}
    assert all(ADDRESS.match(source) for source in counting)
    html = render(page, shown, beats(0), [server], NOW, facts)
    found = nothing_runs(html, scripts=OWN_SCRIPTS | counting)
    assert sum(1 for tag, _ in found.tags if tag == "h1") == 1, "nothing closes what it stands in"
    (data,) = re.findall(r'id="preload-data" data-json="{}">(.*?)</script>', html, re.S)
    assert json.loads(data)["config"] == {}
    nothing_runs(render_history(page, facts, NOW), scripts=OWN_SCRIPTS | counting)
    nothing_runs(embeds.card(page, headline([Status.DOWN], 0, ()), NOW), scripts=OWN_SCRIPTS)
    nothing_runs(relative(html, page, "https://kuma.example"), scripts=OWN_SCRIPTS | counting)
    policy = content_policy(page, same_origin_frames=True)
    assert "unsafe" not in policy and "\n" not in policy and "\r" not in policy
    assert [part.split(" ")[0] for part in policy.split("; ")].count("script-src") == 1


@settings(phases=PHASES, deadline=None)
@given(TEXT)
def test_markdown(text: str) -> None:
    html = to_html(text)
    found = nothing_runs(html)
    assert {tag for tag, _ in found.tags} <= {
        "p", "br", "a", "strong", "em", "del", "code", "pre", "ul", "li", "blockquote",
        "h3", "h4", "h5", "h6",
    }  # fmt: skip
    for tag, attributes in found.tags:
        assert set(attributes) <= ({"href", "rel"} if tag == "a" else set())


@settings(phases=PHASES, deadline=None)
@given(TEXT, TEXT, TEXT)
def test_badges(label: str, message: str, colour: str) -> None:
    found = nothing_runs(render_badge(Badge(message, label, colour, colour)))
    assert "script" not in {tag for tag, _ in found.tags}


def test_the_form_of_a_protected_page_has_no_words_of_it() -> None:
    found = nothing_runs(form("page"), forms=True)
    assert [attributes.get("action") for tag, attributes in found.tags if tag == "form"] == [
        "/status/page/unlock"
    ]
