"""Our own page's list and editor of status pages, through the real program."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kuma_lite.status_pages.editing.version_store import MAX_VERSIONS
from tests.status_pages.appliance import LOGO, PNG, Running
from tests.support.served import PASSWORD, USER
from tests.support.sio import Client, connect


@pytest.fixture
async def editor(server: Running) -> AsyncIterator[Client]:
    async with connect(server.url, "/page") as client:
        assert (await client.call("login", {"username": USER, "password": PASSWORD}))["ok"]
        yield client


async def opened(editor: Client, slug: str) -> tuple[dict[str, Any], int | None]:
    """A page as an editor gets it, and the version that is."""
    answer = await editor.call("statusPage", slug)
    assert answer["ok"], answer
    return answer["draft"], answer["version"]


async def put(editor: Client, slug: str, draft: dict[str, Any], version: int | None) -> dict[str, Any]:
    answer: dict[str, Any] = await editor.call("putStatusPage", slug, draft, version)
    return answer


async def previewed(server: Running, editor: Client, slug: str, draft: dict[str, Any]) -> str:
    answer = await editor.call("previewStatusPage", slug, draft)
    assert answer["ok"], answer
    return (await server.get(answer["path"])).text


async def test_a_draft_looks_as_the_page_will(server: Running, editor: Client) -> None:
    web, mail = await server.add_push_monitor("web"), await server.add_push_monitor("mail")
    await server.add_page("shop", web, title="Shop")
    draft, version = await opened(editor, "shop")
    draft["config"] |= {"title": "The shop", "theme": "dark", "showTags": True}
    draft["groups"].append({"id": None, "name": "Post", "monitorList": [{"id": mail}]})
    page = await previewed(server, editor, "shop", draft)
    assert '<h1 id="title">The shop</h1>' in page
    assert f'data-monitor-id="{mail}"' in page
    assert "The shop" not in (await server.get("/status/shop")).text
    assert (await put(editor, "shop", draft, version))["ok"]
    stranger = (await server.get("/status/shop")).text
    body = page[page.index("<header>") : page.index("<footer")]
    places = [group["id"] for group in (await opened(editor, "shop"))[0]["groups"]]
    for place, number in enumerate(places, 1):
        for name in ('data-group-id="', 'id="group-'):
            body = body.replace(f'{name}{place}"', f'{name}{number}"')
    assert body in stranger


async def test_nothing_of_a_draft_runs_or_is_kept_by_others(server: Running, editor: Client) -> None:
    await server.add_page("shop")
    draft, _version = await opened(editor, "shop")
    draft["config"] |= {
        "description": "<script>alert(1)</script> [x](javascript:alert(1))",
        "customCSS": "@import 'https://elsewhere.example/x.css'; h1 {}</style><script>alert(1)</script>",
        "footerText": '<img src=x onerror="alert(1)">',
        "analyticsType": "umami",
        "analyticsId": "1",
        "analyticsScriptUrl": "https://count.example/x.js",
    }
    draft["incident"] = {"title": "<b>Fire</b>", "content": "**hot**", "style": "danger"}
    answer = await editor.call("previewStatusPage", "shop", draft)
    response = await server.get(answer["path"])
    policy = response.headers["content-security-policy"]
    assert "script-src 'none'" in policy
    assert "style-src 'self'" in policy
    assert policy.endswith("sandbox allow-same-origin")
    assert (response.headers["cache-control"], response.headers["x-robots-tag"]) == ("no-store", "noindex")
    shown = response.text[: response.text.index('<script type="application/json"')]
    assert "<script" not in shown
    assert "<img" not in shown
    assert 'href="javascript' not in shown
    assert "&lt;b&gt;Fire&lt;/b&gt;" in shown
    assert "<strong>hot</strong>" in shown
    style = await server.get(f"{answer['path']}/custom.css")
    assert (style.headers["content-type"], style.text) == (
        "text/css; charset=utf-8",
        draft["config"]["customCSS"],
    )
    assert (await server.get("/status-preview/guessed")).status == 404
    assert (await server.get(f"{answer['path']}/logo.png")).status == 404


async def test_a_logo_is_seen_before_it_is_stored(server: Running, editor: Client) -> None:
    await server.add_page("shop")
    draft, version = await opened(editor, "shop")
    draft["logo"] = LOGO
    answer = await editor.call("previewStatusPage", "shop", draft)
    assert f'src="{answer["path"]}/logo.png"' in (await server.get(answer["path"])).text
    assert (await server.get(f"{answer['path']}/logo.png")).body == PNG
    assert (await put(editor, "shop", draft, version))["ok"]
    stored, _version = await opened(editor, "shop")
    assert (await server.get(stored["logo"])).body == PNG


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"config": {"slug": "other"}}, "slug", "has this slug"),
        ({"config": {"slug": "No slug!"}}, "slug", "Invalid Slug"),
        ({"config": {"title": " "}}, "title", "missing"),
        ({"config": {"title": "x" * 10_001}}, "title", "at most"),
        ({"config": {"theme": "pink"}}, "theme", "theme"),
        ({"config": {"autoRefreshInterval": -1}}, "autoRefreshInterval", "negative"),
        ({"config": {"domainNameList": ["other.example"]}}, "domainNameList", "leads to"),
        ({"config": {"domainNameList": ["https://x/"]}}, "domainNameList", "no host name"),
        ({"config": {"analyticsType": "spy"}}, "analyticsType", "Invalid analytics type"),
        ({"config": {"description": ["x"]}}, "description", "must be a text"),
        ({"logo": "data:image/gif;base64,AAAA"}, "logo", "PNG"),
        ({"logo": f"data:image/png;base64,{'A' * 950_000}"}, "logo", "at most 700 kB"),
        ({"groups": [{"name": "G", "monitorList": [{"id": 999}]}]}, "groups", "does not exist any more"),
        ({"groups": [{"id": 999, "name": "G", "monitorList": []}]}, "groups", "does not exist any more"),
        ({"groups": [{"monitorList": []}]}, "groups", "must have a name"),
        ({"servers": "all"}, "servers", "are lists"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_of_its_field_and_nothing_changes(
    server: Running, editor: Client, change: dict[str, Any], field: str, sentence: str
) -> None:
    await server.add_page("other", title="Other", domainNameList=["other.example"])
    await server.add_page("shop")
    draft, version = await opened(editor, "shop")
    before = (draft, version)
    config = {**draft["config"], **change.get("config", {})}
    wrong = {**draft, **change, "config": config}
    for answer in (
        await editor.call("previewStatusPage", "shop", wrong),
        await put(editor, "shop", wrong, version),
    ):
        assert answer["ok"] is False
        assert answer["field"] == field
        assert sentence in answer["msg"]
    assert await opened(editor, "shop") == before


async def test_names_of_500_characters_are_names(server: Running, editor: Client) -> None:
    await server.add_page("shop")
    draft, version = await opened(editor, "shop")
    name = "<i>ü</i>" * 62
    draft["config"]["title"] = name
    draft["groups"][0]["name"] = name
    assert (await put(editor, "shop", draft, version))["ok"]
    assert (await server.get("/status/shop")).text.count("&lt;i&gt;ü&lt;/i&gt;" * 62) >= 2
    shown = (await server.get("/api/status-page/shop")).json()["publicGroupList"]
    assert [group["name"] for group in shown] == [name]


async def test_the_second_of_two_editors_is_told(server: Running, editor: Client) -> None:
    await server.add_page("shop", title="Shop")
    first, version = await opened(editor, "shop")
    second = {**first, "config": {**first["config"], "title": "Second"}}
    first["config"]["title"] = "First"
    editor.forget()
    assert (await put(editor, "shop", first, version))["ok"]
    assert await editor.wait_for("statusPagesChanged") == [{}]
    refused = await put(editor, "shop", second, version)
    assert (refused["ok"], refused["reason"]) == (False, "conflict")
    assert refused["msg"] == f"{USER} has saved this page meanwhile."
    assert (await opened(editor, "shop"))[0]["config"]["title"] == "First"
    assert (await put(editor, "shop", second, refused["version"]))["ok"]
    await server.save_page("shop", [], title="By another client")
    _draft, newest = await opened(editor, "shop")
    assert (await put(editor, "shop", second, refused["version"]))["reason"] == "conflict"
    assert (await put(editor, "shop", second, newest))["field"] == "groups"  # theirs is gone
    second["groups"] = [{**group, "id": None} for group in second["groups"]]
    assert (await put(editor, "shop", second, newest))["ok"]


async def test_versions_say_who_changed_what_and_come_back(server: Running, editor: Client) -> None:
    web, mail = await server.add_push_monitor("web"), await server.add_push_monitor("mail")
    await server.ok("addStatusPage", "Shop", "shop")
    draft, version = await opened(editor, "shop")
    assert version is None
    draft["logo"] = LOGO
    draft["groups"] = [{"id": None, "name": "All", "monitorList": [{"id": web, "sendUrl": True}]}]
    version = (await put(editor, "shop", draft, version))["version"]
    draft, _version = await opened(editor, "shop")
    draft["logo"] = ""
    draft["config"]["title"] = "The shop"
    draft["groups"] = [{"id": None, "name": "Post", "monitorList": [{"id": mail}]}]
    latest = (await put(editor, "shop", draft, version))["version"]
    listed = (await editor.call("statusPageVersions", "shop"))["versions"]
    assert [each["id"] for each in listed][:2] == [latest, version]
    assert [each["by"] for each in listed] == [USER, USER, None]
    changed = listed[0]["changes"]
    assert changed["settings"] == [{"name": "title", "from": "Shop", "to": "The shop"}]
    assert changed["groups"] == {"added": ["Post"], "removed": ["All"], "renamed": []}
    assert changed["monitors"] == {"added": [mail], "removed": [web]}
    assert (changed["logo"], changed["servers"]) == (True, False)
    assert listed[2]["changes"] is None
    old = (await editor.call("statusPageVersion", "shop", version))["draft"]
    assert old["logo"] == f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    assert old["groups"][0]["id"] is None
    assert (await put(editor, "shop", old, latest))["ok"]
    now, _version = await opened(editor, "shop")
    assert now["config"]["title"] == "Shop"
    assert now["groups"][0]["monitorList"][0]["sendUrl"] is True
    assert (await server.get(now["logo"])).body == PNG
    assert not (await editor.call("statusPageVersion", "shop", 999))["ok"]


async def test_a_save_that_changes_nothing_is_no_version(server: Running, editor: Client) -> None:
    await server.add_page("shop")
    draft, version = await opened(editor, "shop")
    assert (await put(editor, "shop", draft, version))["version"] == version


async def test_versions_are_bounded(server: Running, editor: Client) -> None:
    await server.add_page("shop")
    draft, version = await opened(editor, "shop")
    for count in range(MAX_VERSIONS + 3):
        draft["config"]["title"] = f"Shop {count}"
        version = (await put(editor, "shop", draft, version))["version"]
    listed = (await editor.call("statusPageVersions", "shop"))["versions"]
    assert len(listed) == MAX_VERSIONS
    assert listed[0]["id"] == version
    draft["config"]["description"] = "x" * 400_000
    for _count in range(25):
        draft["config"]["description"] += "y"
        version = (await put(editor, "shop", draft, version))["version"]
    assert len((await editor.call("statusPageVersions", "shop"))["versions"]) < 25


async def test_a_page_that_is_not_published_is_for_nobody(server: Running, editor: Client) -> None:
    web = await server.add_push_monitor("web")
    await server.add_page("shop", web, domainNameList=["shop.example"])
    assert "not found" not in (await server.get(f"/api/badge/{web}/status")).text
    draft, version = await opened(editor, "shop")
    draft["config"]["published"] = False
    assert '<h1 id="title">' in await previewed(server, editor, "shop", draft)
    assert (await put(editor, "shop", draft, version))["ok"]
    for path in (
        "/status/shop",
        "/status/shop/rss",
        "/api/status-page/shop",
        "/api/status-page/shop/manifest.json",
    ):
        assert (await server.get(path)).status == 404, path
    assert (await server.json("/api/status-page/heartbeat/shop")) == {"heartbeatList": {}, "uptimeList": {}}
    assert "Group" not in (await server.get("/", host="shop.example")).text
    async with connect(server.url) as guest:
        assert not (await guest.call("getIncidentHistory", "shop", None))["ok"]
    listed = (await editor.call("statusPages"))["pages"]
    assert [(page["slug"], page["published"], page["monitors"]) for page in listed] == [("shop", False, 1)]
    assert (await server.ok("getStatusPage", "shop"))["config"]["published"] is False


async def test_a_clone_has_everything_but_host_names(server: Running, editor: Client) -> None:
    web = await server.add_push_monitor("web")
    await server.add_page("shop", web, title="Shop", domainNameList=["shop.example"], theme="dark")
    draft, version = await opened(editor, "shop")
    draft["logo"] = LOGO
    assert (await put(editor, "shop", draft, version))["ok"]
    assert (await editor.call("cloneStatusPage", "shop", "Copy", "shop"))["field"] == "slug"
    assert (await editor.call("cloneStatusPage", "shop", "Copy", "copy"))["slug"] == "copy"
    copy, _version = await opened(editor, "copy")
    assert (copy["config"]["title"], copy["config"]["theme"]) == ("Copy", "dark")
    assert (copy["config"]["domainNameList"], copy["config"]["published"]) == ([], False)
    assert [member["id"] for member in copy["groups"][0]["monitorList"]] == [web]
    await server.ok("deleteStatusPage", "shop")
    assert (await server.get(copy["logo"])).body == PNG


async def test_a_monitor_shows_what_was_chosen_for_it(server: Running, editor: Client) -> None:
    web, mail = await server.add_push_monitor("web"), await server.add_push_monitor("mail")
    tag = (await server.ok("addTag", {"name": "team", "color": "#222222"}))["tag"]["id"]
    for number in (web, mail):
        await server.ok("addMonitorTag", tag, number, "blue")
    await server.push("web", "ping=41")
    await server.add_page("shop", web, mail, showTags=True)
    draft, version = await opened(editor, "shop")
    members = draft["groups"][0]["monitorList"]
    members[0] |= {"showPing": True, "showTags": False}
    assert (await put(editor, "shop", draft, version))["ok"]
    page = (await server.get("/status/shop")).text
    rows = page.split("<li data-monitor-id=")[1:]
    assert "Response time: 41 ms" in rows[0]
    assert "team" not in rows[0]
    assert "team: blue" in rows[1]
    assert "Response time" not in rows[1]
