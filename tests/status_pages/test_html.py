from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.status_pages.drawing.analytics import analytics_of
from kuma_lite.status_pages.drawing.facts import Facts
from kuma_lite.status_pages.drawing.html import content_policy, render
from kuma_lite.status_pages.model import Bar, Page, ShownServer

NOW = 1_795_311_412.0
PAGE = Page(id=1, organisation=1, slug="page", title="My page")
EVIL = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def document(**changes: Any) -> dict[str, Any]:
    return {"config": {}, "incidents": [], "publicGroupList": [], "maintenanceList": [], **changes}


def monitor(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {"id": number, "name": "web", "sendUrl": 0, "type": "http", **changes}


def beats(*states: int) -> dict[str, Any]:
    rows = [
        {"status": state, "time": f"2026-11-22 01:36:{place:02d}.000", "msg": "", "ping": None}
        for place, state in enumerate(states)
    ]
    return {"heartbeatList": {"1": rows}, "uptimeList": {"1_24": 0.5}}


NO_BEATS: dict[str, Any] = {"heartbeatList": {}, "uptimeList": {}}


class Tags(HTMLParser):
    """Every tag of a page, as a browser sees it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_a_page_with_hundreds_of_services_stays_small() -> None:
    import brotli

    tags = [
        {"id": n, "tag_id": n, "name": f"tag {n}", "value": "x", "color": f"#{n * 7919 % 0xFFFFFF:06x}"}
        for n in range(200)
    ]
    monitors = [monitor(n, name=f"Service {n}", tags=tags[n % 50 :: 50]) for n in range(300)]
    groups = [{"id": n, "name": f"G{n}", "monitorList": monitors[n * 25 : n * 25 + 25]} for n in range(12)]
    history = {}
    for n in range(300):
        shares = [0.97 if (n * 90 + day) % 31 == 0 else 1.0 for day in range(90)]
        history[n] = [Bar(day * 86_400, share) for day, share in enumerate(shares)]
    html = render(PAGE, document(publicGroupList=groups), NO_BEATS, [], NOW, Facts(bars=history))
    assert len(html) < 1_000_000
    assert len(brotli.compress(html.encode(), quality=5)) < 60_000
    assert html.count("data-monitor-id") == 300


def test_a_page_can_be_read_without_scripts() -> None:
    incident = {
        "title": "Trouble", "content": "We *know*", "style": "danger",
        "createdDate": "2026-11-22 01:00:00", "lastUpdatedDate": None,
    }  # fmt: skip
    shown = document(
        incidents=[incident],
        maintenanceList=[{"title": "Cables", "description": "new **ones**"}],
        publicGroupList=[{"id": 1, "name": "Shop", "weight": 1, "monitorList": [monitor(), monitor(2)]}],
    )
    text = render(PAGE, shown, beats(1, 0), (), NOW)
    for words in ("1 service is down", "Trouble", "We <em>know</em>", "Cables", "new <strong>ones</strong>",
                  "Shop", "web", ">Down<", "No data yet", "50 %", "22 Nov 2026, 01:00 UTC"):  # fmt: skip
        assert words in text
    assert 'data-refresh="300"' in text and "http-equiv" not in text
    assert text.count("<title>") == 1  # programs look for the first, people's scripts for any


@given(st.text() | st.just(EVIL), st.sampled_from(["light", "auto"]) | st.text())
def test_whatever_is_typed_stays_text(words: str, theme: str) -> None:
    page = Page(
        id=1, organisation=1, slug="page", title=words, description=words, icon=words, footer_text=words,
        theme=theme,
        custom_css=words, analytics_type="umami", analytics_id=words, analytics_script_url=words,
    )  # fmt: skip
    tag = {"name": words, "value": words, "color": words}
    incident = {
        "title": words, "content": words, "style": words,
        "createdDate": "2026-11-22 01:00:00", "lastUpdatedDate": "2026-11-22 01:00:00",
    }  # fmt: skip
    group = {"name": words, "monitorList": [monitor(name=words, url=words, tags=[tag])]}
    shown = document(
        incidents=[incident],
        publicGroupList=[group],
        maintenanceList=[{"title": words, "description": words}],
    )
    text = render(page, shown, beats(1), (), NOW)
    tags = Tags(text).tags
    scripts = [attributes for tag_name, attributes in tags if tag_name == "script"]
    assert [script.get("type") for script in scripts] == [None, None, "application/json", "text/plain"]
    assert [script.get("src") for script in scripts[:2]] == ["/status-live.js", "/status-times.js"]
    assert not any(name.startswith("on") or name == "style" for _, attributes in tags for name in attributes)
    text.encode()
    found = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', text, re.S)
    assert found is not None
    json.loads(found[1])


def server(
    name: str = "db-1", *, online: bool = True, alerts: Any = (), maintenance: bool = False
) -> ShownServer:
    return ShownServer(name, online, alerts, maintenance, 0)


@pytest.mark.parametrize(
    ("shown", "row", "whole"),
    [
        (server(), ">Up<", "All Systems Operational"),
        (server(online=False, alerts=("downtime",)), ">Down<", "1 service is down"),
        (server(alerts=("cpu", "disk")), ">Busy<", "All Systems Operational"),
        (server(online=False, maintenance=True), ">Maintenance<", "Maintenance under way"),
    ],
)
def test_servers_stand_below_the_monitors(shown: ShownServer, row: str, whole: str) -> None:
    text = render(PAGE, document(), NO_BEATS, [shown], NOW)
    assert row in text and whole in text and ">db-1<" in text
    assert ("processor, disk" in text) == bool(row == ">Busy<")
    assert "<h2>Servers</h2>" not in render(PAGE, document(), NO_BEATS, (), NOW)
    assert "<b>" not in render(PAGE, document(), NO_BEATS, [server("<b>")], NOW)


def test_monitors_link_to_web_addresses_only() -> None:
    def page_with(url: str) -> str:
        return render(
            PAGE,
            document(publicGroupList=[{"name": "g", "monitorList": [monitor(url=url)]}]),
            NO_BEATS,
            (),
            NOW,
        )

    assert '<a href="https://shop.example"' in page_with("https://shop.example")
    for url in ("javascript:alert(1)", "data:text/html,x", "https://", ""):
        assert 'rel="nofollow noopener">web' not in page_with(url)


def test_a_logo_is_shown_where_there_is_one() -> None:
    assert "<img" not in render(PAGE, document(), NO_BEATS, (), NOW)
    page = Page(id=1, organisation=1, slug="page", title="x", icon="/upload/logo1.png?t=1")
    assert '<img class="logo" src="/upload/logo1.png?t=1"' in render(page, document(), NO_BEATS, (), NOW)


def test_only_the_last_beat() -> None:
    page = Page(id=1, organisation=1, slug="page", title="x", show_only_last_heartbeat=True)
    text = render(
        page, document(publicGroupList=[{"name": "g", "monitorList": [monitor()]}]), beats(0, 1), (), NOW
    )
    assert ">Up<" in text and "bars" not in text and "%" not in text


def test_certificates() -> None:
    def shown(**fields: Any) -> str:
        group = {"name": "g", "monitorList": [monitor(**fields)]}
        return render(PAGE, document(publicGroupList=[group]), NO_BEATS, (), NOW)

    assert "Certificate: 90 days" in shown(validCert=True, certExpiryDaysRemaining=90)
    assert 'certificate down">Certificate: 1 day<' in shown(validCert=True, certExpiryDaysRemaining=1)
    assert "ertificate" not in shown(validCert=False, certExpiryDaysRemaining="")
    assert "ertificate" not in shown()


def test_only_own_scripts_run_on_a_page() -> None:
    policy = content_policy(PAGE, same_origin_frames=True)
    assert (
        "script-src 'self';" in policy
        and "connect-src 'self';" in policy
        and "frame-ancestors 'self'" in policy
    )
    assert "unsafe" not in policy
    assert "frame-ancestors" not in content_policy(PAGE, same_origin_frames=False)


@pytest.mark.parametrize(
    ("kind", "url", "expected"),
    [
        ("umami", "https://u.example/s.js", "script-src 'self' https://u.example;"),
        ("plausible", "https://p.example:8443/js/p.js", "script-src 'self' https://p.example:8443;"),
        ("rybbit", "http://r.example/s.js", "script-src 'self' http://r.example;"),
        ("matomo", "m.example/piwik", "script-src 'self' m.example;"),
        ("matomo", "https://m.example/", "script-src 'self' m.example;"),
        ("google", None, "script-src 'self' https://www.googletagmanager.com;"),
        ("umami", None, "script-src 'self';"),
        ("umami", "https://u.example; script-src *", "script-src 'self';"),
        ("umami", "javascript:alert(1)", "script-src 'self';"),
        ("umami", "https://[", "script-src 'self';"),
        ("matomo", "m.example/'; x", "script-src 'self';"),
        (None, "https://u.example/s.js", "script-src 'self';"),
    ],
)
def test_counting_programs(kind: str | None, url: str | None, expected: str) -> None:
    page = Page(
        id=1,
        organisation=1,
        slug="page",
        title="x",
        analytics_type=kind,
        analytics_id="id'\"</script>",
        analytics_script_url=url,
    )
    assert expected in content_policy(page, same_origin_frames=True)
    head = Tags(analytics_of(page).head).tags
    assert all(set(attributes) <= {"async", "defer", "src", "data-website-id", "data-domain", "data-site-id"}
               for _, attributes in head)  # fmt: skip


def test_without_an_id_nothing_is_embedded() -> None:
    page = Page(id=1, organisation=1, slug="page", title="x", analytics_type="google", analytics_id="")
    assert analytics_of(page).head == ""


def test_a_long_list_of_tags_is_folded() -> None:
    page = Page(id=1, organisation=1, slug="page", title="Page")

    def shown(count: int) -> str:
        tags = [{"name": f"t{place}", "value": "", "color": "#fff"} for place in range(count)]
        group = {"name": "G", "monitorList": [monitor(tags=tags)]}
        return render(page, document(publicGroupList=[group]), beats(1), (), NOW)

    assert 'class="tags"' not in shown(5)
    before, rest = shown(200).split('<details class="tags"')
    assert before.count('class="tag"') == 5
    assert "<summary>+195</summary>" in rest
    assert rest.count('class="tag"') == 195


def test_groups_without_a_name_or_without_services() -> None:
    groups = [
        {"id": 1, "name": " ", "monitorList": [monitor()]},
        {"id": 2, "name": "Nothing in it", "monitorList": []},
        {"id": 3, "name": "Shop", "monitorList": [monitor(2)]},
    ]
    html = render(PAGE, document(publicGroupList=groups), NO_BEATS, [], NOW, Facts()).split("</main>")[0]
    assert re.findall(r"<h2>([^<]*)</h2>", html) == ["Shop"], "no heading without words"
    assert re.findall(r'data-monitor-id="(\d)"', html) == ["1", "2"]
    assert "Nothing in it" not in html
    edited = render(PAGE, document(publicGroupList=groups), NO_BEATS, [], NOW, Facts(edited=True))
    assert "<h2>Nothing in it</h2>" in edited, "to be filled"
    (plain,) = [tag for tag in Tags(html).tags if tag[1].get("data-group-id") == "1"]
    assert plain[1]["aria-label"] == "Services"
