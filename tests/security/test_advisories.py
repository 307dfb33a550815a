"""One test for each published advisory of Uptime Kuma that could apply here, and its relatives.

Next to these: `test_owners.py` (other users' things), `test_fuzz.py` (malformed input),
`tests/notifications/test_templates.py` (the sandbox of templates), `tests/status_pages/test_public.py`
(private monitors on public routes), `tests/web/test_guard.py` (every door without a session).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from kuma_lite.checks import monitor_types
from tests.security.examples import MONITOR, PAGE, PLAN, PNG
from tests.support import http
from tests.support.appliance import CREDENTIALS, Running, running
from tests.support.served import PASSWORD, USER
from tests.support.sio import Client, connect
from tests.support.websocket import Refused

SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path / "data") as started:
        yield started


async def token_of(client: Client) -> str:
    return str((await client.call("login", CREDENTIALS))["token"])


# --- Set-up, sessions, origins ---------------------------------------------------------------------------


async def test_fifty_set_ups_at_once_make_one_user(server: Running) -> None:
    """The race between counting users and adding the first one."""

    async def set_up(number: int) -> Any:
        async with connect(server.url) as client:
            return await client.call("setup", f"user{number}", PASSWORD, timeout=60)

    answers = await asyncio.gather(*(set_up(number) for number in range(50)))
    assert sum(answer["ok"] for answer in answers) == 1
    names = await server.appliance._ground.database.read(
        lambda db: db.execute("SELECT username FROM user").fetchall()
    )
    assert len(names) == 1


async def test_a_new_password_ends_sessions_and_open_connections(server: Running) -> None:
    """GHSA-g9v2-wqcj-j99g and GHSA-88j4-pcx8-q4q3."""
    async with server.logged_in() as mine, server.logged_in() as other, server.logged_in("/page") as page:
        token = await token_of(mine)
        change = {"currentPassword": PASSWORD, "newPassword": "An0ther-word"}
        assert (await mine.call("changePassword", change))["ok"] is True
        await asyncio.wait_for(other.disconnected.wait(), 20)
        await asyncio.wait_for(page.disconnected.wait(), 20)
        assert (await mine.call("getSettings"))["ok"] is True
    async with connect(server.url) as client:
        assert (await client.call("loginByToken", token))["ok"] is False
    refused = await http.get(f"{server.url}/api/v1/figures", headers={"Authorization": f"Bearer {token}"})
    assert refused.status == 401


async def test_switching_log_in_on_again_ends_what_came_in_without(server: Running) -> None:
    """GHSA-23q2-5gf8-gjpp."""
    async with server.logged_in() as owner:
        assert (await owner.call("setSettings", {"disableAuth": True}, "wrong"))["ok"] is False
        assert (await owner.call("setSettings", {"disableAuth": True}, PASSWORD))["ok"] is True
        async with connect(server.url) as anyone, connect(server.url, "/page") as page:
            await anyone.wait_for("autoLogin")
            assert (await page.call("getSettings"))["ok"] is True
            assert (await owner.call("setSettings", {"disableAuth": False}, ""))["ok"] is True
            await asyncio.wait_for(anyone.disconnected.wait(), 20)
            await asyncio.wait_for(page.disconnected.wait(), 20)
        assert (await http.get(f"{server.url}/api/v1/figures")).status == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_foreign_pages_open_no_websocket(server: Running, origin: str) -> None:
    """GHSA-mj22-23ff-2hrr; a trusted proxy does not change that."""
    with pytest.raises(Refused):
        async with connect(server.url, headers={"Origin": origin}):
            pass
    async with server.logged_in() as owner:
        assert (await owner.call("setSettings", {"trustProxy": True}, ""))["ok"] is True
    with pytest.raises(Refused):
        async with connect(server.url, headers={"Origin": origin, "X-Forwarded-Host": "evil.example"}):
            pass
    polling = await http.get(
        f"{server.url}/socket.io/?EIO=4&transport=polling", headers={"Origin": "https://evil.example"}
    )
    assert "access-control-allow-origin" not in polling.headers


async def test_guessing_is_slowed_down_for_the_guesser_alone(server: Running) -> None:
    """Twenty log-ins a minute for each address; behind a trusted proxy, the address it names."""
    async with server.logged_in() as owner:
        assert (await owner.call("setSettings", {"trustProxy": True}, ""))["ok"] is True
    guess = {"username": USER, "password": ""}
    async with connect(server.url, headers={"X-Forwarded-For": "192.0.2.1"}) as guesser:
        answers = [await guesser.call("login", guess) for _ in range(21)]
    assert answers[0]["msg"] == "authIncorrectCreds"
    assert answers[20]["msg"] == "Too frequently, try again later."
    async with connect(server.url, headers={"X-Forwarded-For": "192.0.2.2"}) as owner:
        assert (await owner.call("login", CREDENTIALS))["ok"] is True


# --- What is shown ----------------------------------------------------------------------------------------


async def test_nothing_a_user_wrote_becomes_markup(server: Running) -> None:
    """GHSA-553g-fcpf-m3wp, GHSA-wh8j-xr66-f296, GHSA-v4v2-8h88-65qj: stored XSS wherever text is shown."""
    async with server.logged_in() as owner:
        number = (await owner.call("add", {**MONITOR, "name": SCRIPT, "pushToken": "known"}))["monitorID"]
        tag = (await owner.call("addTag", {"name": SCRIPT, "color": SCRIPT}))["tag"]["id"]
        await owner.call("addMonitorTag", tag, number, SCRIPT)
        plan = await owner.call("addMaintenance", {**PLAN, "title": SCRIPT, "strategy": "manual"})
        await owner.call("addStatusPage", SCRIPT, "shop")
        texts = dict.fromkeys(("title", "description", "footerText", "customCSS", "rssTitle"), SCRIPT)
        config = {**PAGE, **texts, "analyticsType": "google", "analyticsId": SCRIPT}
        member = {"id": number, "sendUrl": True, "url": "javascript:alert(1)//" + SCRIPT}
        groups = [{"name": SCRIPT, "monitorList": [member]}]
        assert (await owner.call("saveStatusPage", "shop", config, PNG, groups))["ok"] is True
        content = SCRIPT + "\n[x](javascript:alert(1))\n<b onclick=alert(1)>b</b>"
        assert await owner.call(
            "postIncident", "shop", {"title": SCRIPT, "content": content, "style": "info"}
        )
        await owner.call("addMaintenanceStatusPage", plan["maintenanceID"], [{"id": 1}])
    await http.get(f"{server.url}/api/push/known?msg=%3Cscript%3Ealert(1)%3C/script%3E")
    for path in (
        "/status/shop",
        "/status/shop/rss",
        f"/api/badge/{number}/status?label={quote(SCRIPT, safe='')}&color=%22%3E%3Cscript%3E",
        f"/api/badge/{number}/uptime?labelPrefix=%3Cscript%3E&style=%3Cscript%3E",
        "/api/status-page/shop/badge?label=%3Cscript%3E",
        "/status/%3Cscript%3Ealert(1)%3C%2fscript%3E",
        "/no/%3Cscript%3Ealert(1)%3C%2fscript%3E",
    ):
        answer = await http.get(server.url + path)
        if path.endswith("/rss"):  # texts of a feed are CDATA: what counts is that they stay inside it
            assert ElementTree.fromstring(answer.body).find("channel/script") is None
            continue
        for mark in ("<script>alert", "<img src=x", "<b onclick", 'href="javascript:'):
            found = answer.text.find(mark)
            assert found < 0, (path, answer.text[max(0, found - 80) : found + 80])
        if "html" in answer.headers.get("content-type", ""):
            assert_strict(answer.headers["content-security-policy"], path)
        assert answer.headers["x-content-type-options"] == "nosniff"


def assert_strict(policy: str, path: str) -> None:
    """Neither inline code nor foreign scripts."""
    assert policy and "unsafe" not in policy, path
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert "*" not in rules.get("script-src", rules["default-src"]).split(), path
    assert rules.get("object-src", rules["default-src"]) == "'none'", path
    assert rules["frame-ancestors"] in ("'self'", "'none'") and "base-uri" in rules, path


async def test_every_html_answer_forbids_inline_code(server: Running) -> None:
    """Error pages included; and every answer of any kind carries the headers of all."""
    async with server.logged_in() as owner:
        await owner.call("addStatusPage", "Shop", "shop")
    seen = 0
    for method, path in [
        *(("GET", path) for path in ("/", "/dashboard", "/status", "/status/shop", "/status/none", "/x/y/")),
        *(("GET", path) for path in ("/upload/none.png", "/assets/none.js", "/api/v1/none", "/api/none")),
        *(("GET", path) for path in ("/healthz", "/metrics", "/robots.txt", "/socket.io/", "/api/push/x")),
        *(("POST", path) for path in ("/", "/dashboard", "/status/shop", "/api/push/x", "/api/none")),
        *(("OPTIONS", path) for path in ("/", "/dashboard", "/status/shop")),
        *(("DELETE", path) for path in ("/healthz", "/api/v1/none")),
    ]:
        body = b"{" if method == "POST" else b""
        answer = await http.request(
            method, server.url + path, body=body, headers={"Content-Type": "application/json"} if body else {}
        )
        assert answer.headers["x-content-type-options"] == "nosniff", (method, path)
        assert answer.headers["x-frame-options"] == "SAMEORIGIN", (method, path)
        assert answer.headers["referrer-policy"] == "same-origin", (method, path)
        if "<" in answer.text and "html" in answer.headers.get("content-type", ""):
            seen += 1
            assert_strict(answer.headers.get("content-security-policy", ""), f"{method} {path}")
    assert seen > 5


# --- Files, programs, addresses ---------------------------------------------------------------------------


async def test_no_address_leads_to_a_file_that_is_not_meant(server: Running, tmp_path: Path) -> None:
    """GHSA-vr8x-74pm-6vj7: path traversal, through every folder that is served."""
    (tmp_path / "data" / "secret.txt").write_text("top-secret")
    (tmp_path / "secret.txt").write_text("top-secret")
    climbs = ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "....//", "%252e%252e%252f", "//", "/%00/../"]
    for folder in ("/upload/", "/assets/", "/status/", "/icons/", "/", "/api/status-page/"):
        for climb in climbs:
            for name in ("secret.txt", "kuma-lite.db", "data/secret.txt", "etc/passwd", "pyproject.toml"):
                answer = await http.get(f"{server.url}{folder}{climb * 3}{name}")
                for mark in (b"top-secret", b"SQLite format", b"root:x:", b"[project]"):
                    assert mark not in answer.body, (folder, climb, name)


async def test_a_logo_is_written_nowhere_else(server: Running, tmp_path: Path) -> None:
    async with server.logged_in() as owner:
        await owner.call("addStatusPage", "Shop", "shop")
        for slug in ("../../evil", "a/b", "..", "a\x00b"):
            answer = await owner.call("saveStatusPage", "shop", {**PAGE, "slug": slug}, PNG, [])
            assert answer["ok"] is False, slug
        assert (await owner.call("saveStatusPage", "shop", PAGE, PNG, []))["ok"] is True
        svg = "data:image/svg+xml;base64,PHN2Zy8+"
        assert (await owner.call("saveStatusPage", "shop", PAGE, svg, []))["ok"] is False
    written = {path.relative_to(tmp_path) for path in tmp_path.rglob("*.png*")}
    assert {path.parent for path in written} == {Path("data/upload")}


HOSTILE_HOSTS = ["-oProxyCommand=id", "--help", "$(touch pwned)", "`touch pwned`", "a; touch pwned", "a|id",
                 "a\ntouch pwned", "a b", "-f", "\x00"]  # fmt: skip


@pytest.mark.parametrize("kind", [kind.name for kind in monitor_types()])
async def test_a_host_name_is_never_a_command(kind: str, server: Running) -> None:
    """GHSA-hfxh-rjv7-2369: no shell anywhere, and what looks like an option is a name that is not found."""
    if kind in ("group", "push", "manual"):
        pytest.skip("asks nobody")
    started: list[tuple[Any, ...]] = []
    original = asyncio.create_subprocess_exec

    async def watched(*command: Any, **options: Any) -> Any:
        started.append(command)
        return await original(*command, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "create_subprocess_exec", watched)
        patch.delattr(asyncio, "create_subprocess_shell")
        patch.setattr("os.system", None)
        async with server.logged_in() as owner:
            await owner.call("clearStatistics")
            waiting = set()
            for host in HOSTILE_HOSTS:
                fields = {**MONITOR, "type": kind, "hostname": host, "port": 1, "timeout": 1,
                          "url": f"http://{host}/", "dns_resolve_server": host}  # fmt: skip
                answer = await owner.call("add", fields)
                if answer["ok"]:
                    waiting.add(answer["monitorID"])
            async with asyncio.timeout(60):
                while waiting:
                    (beat,) = await owner.wait_for("heartbeat", timeout=60)
                    if beat["monitorID"] in waiting:
                        waiting.discard(beat["monitorID"])
                        assert beat["status"] in (0, 2), beat
    for command in started:
        assert not any(isinstance(part, str) and part in HOSTILE_HOSTS for part in command), command


@pytest.mark.parametrize("kind", ["http", "keyword", "json-query"])
@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "FILE:/etc/passwd",
        "gopher://127.0.0.1/",
        "ftp://127.0.0.1/",
        "data:,x",
        "javascript:alert(1)",
        "unix:/run/docker.sock",
    ],
)
async def test_only_the_web_is_fetched(server: Running, kind: str, url: str) -> None:
    """GHSA-2qgm-m29m-cj2h: a URL names a web server, never a file."""
    async with server.logged_in() as owner:
        answer = await owner.call(
            "add", {**MONITOR, "type": kind, "url": url, "keyword": "root", "jsonPath": "$"}
        )
        if not answer["ok"]:
            return
        (beat,) = await owner.wait_for("heartbeat")
        assert beat["status"] == 0
        assert "root:" not in json.dumps(beat)


async def test_a_template_reads_nothing_and_ends(server: Running) -> None:
    """GHSA-vffh-c9pq-4crh: a message's template loads no files and cannot run for ever."""
    templates = ["{% include '/etc/passwd' %}", "{% render '/etc/passwd' %}", "{% layout '/etc/passwd' %}",
                 "{% for i in (1..99999999) %}{% for j in (1..99999999) %}x{% endfor %}{% endfor %}",
                 "{{ msg.__class__.__mro__ }}{{ 'a' | times: 9999999999 }}"]  # fmt: skip
    async with server.logged_in() as owner:
        for template in templates:
            began = time.monotonic()
            answer = await owner.call(
                "testNotification",
                {"name": "x", "type": "webhook", "webhookURL": "http://127.0.0.1:1/",
                 "webhookContentType": "custom", "webhookCustomBody": template},
                timeout=60,
            )  # fmt: skip
            assert answer["ok"] is False
            assert "root:" not in json.dumps(answer) and "object" not in answer["msg"]
            assert time.monotonic() - began < 20, template


async def test_long_inputs_take_no_time(server: Running) -> None:
    """GHSA-hx7h-9vf7-5xhg: nothing is quadratic in what a stranger or a user sends."""
    slashes = "/" * 100_000
    texts = [slashes, "http://" + slashes, "a" * 100_000 + "!", "[" * 50_000, "![](" * 20_000, "*_" * 50_000]
    async with server.logged_in() as owner:
        await owner.call("addStatusPage", "Shop", "shop")
        for text in texts:
            began = time.monotonic()
            hook = {"name": "x", "type": "ntfy", "ntfyserverurl": text, "ntfytopic": text}
            await owner.call("addNotification", hook, None)
            await owner.call("testNotification", {**hook, "type": "webhook", "webhookURL": text}, timeout=60)
            await owner.call("postIncident", "shop", {"title": "t", "content": text, "style": "info"})
            await owner.call("setSettings", {"primaryBaseURL": text}, "")
            await owner.call("addMaintenance", {**PLAN, "strategy": "cron", "cron": text})
            await owner.call("checkDomain", {"type": "http", "url": text})
            await http.get(
                f"{server.url}/status/shop?{text[:5000].replace(' ', '')}", headers={"Host": text[:5000]}
            )
            assert time.monotonic() - began < 20, text[:20]
