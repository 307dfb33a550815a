"""Below a path: what comes in, what leads out, and what nobody may put into it."""

from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.config_values import BadValue, base_path
from kuma_lite.web.base_path import BasePath, clean


class Sent:
    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def __call__(self, message: Any) -> None:
        self.messages.append(message)

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.messages[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)


def scope(path: str, *headers: tuple[bytes, bytes], method: str = "GET") -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(b"accept-encoding", b"br"), *headers],
    }


async def answered(base: BasePath, path: str, kind: bytes, body: bytes, *more: tuple[bytes, bytes]) -> Sent:
    sent = Sent()
    _, send = base.enter(scope(path), sent)
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), *more]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body[:5], "more_body": True})
    await send({"type": "http.response.body", "body": body[5:]})
    return sent


@pytest.mark.parametrize(
    ("asked", "inside"),
    [("/kuma", "/"), ("/kuma/", "/"), ("/kuma/a/b", "/a/b"), ("/a/b", "/a/b"), ("/kumara", "/kumara")],
)
def test_the_path_is_taken_off_where_it_is(asked: str, inside: str) -> None:
    entered, _ = BasePath("/kuma", lambda scope: False).enter(scope(asked), Sent())
    assert entered["path"] == inside
    assert not any(name == b"accept-encoding" for name, _ in entered["headers"])


def test_what_is_large_stays_packed() -> None:
    entered, _ = BasePath("/kuma", lambda scope: False).enter(scope("/kuma/assets/x.js"), Sent())
    assert (b"accept-encoding", b"br") in entered["headers"]


async def test_links_redirects_and_cookies_lead_back() -> None:
    base = BasePath("/kuma", lambda scope: False)
    html = b'<base href="/"><a href="/x?a=/b">/x</a> <img src="//other/"> <form action="/go"> say="/no"'
    more = ((b"location", b"/dashboard"), (b"set-cookie", b"a=/b; Path=/status/x; HttpOnly"))
    sent = await answered(base, "/status/x", b"text/html; charset=utf-8", html, *more)
    assert sent.body == (
        b'<base href="/kuma/"><a href="/kuma/x?a=/b">/x</a> <img src="//other/"> '
        b'<form action="/kuma/go"> say="/no"'
    )
    assert sent.headers[b"content-length"] == b"%d" % len(sent.body)
    assert sent.headers[b"location"] == b"/kuma/dashboard"
    assert sent.headers[b"set-cookie"] == b"a=/b; Path=/kuma/status/x; HttpOnly"
    other = await answered(base, "/x.txt", b"text/plain", html, (b"location", b"//other.example/"))
    assert (other.body, other.headers[b"location"]) == (html, b"//other.example/")


def test_a_browser_outside_of_the_path_is_not_served() -> None:
    base = BasePath("/kuma", lambda scope: False)
    html = (b"accept", b"text/html,application/xhtml+xml,*/*;q=0.8")
    for path in ("/dashboard", "/", "/status/x", "/kumara"):
        assert base.is_outside(scope(path, html)), path
    assert not base.is_outside(scope("/kuma/dashboard", html))
    assert not BasePath("", lambda scope: False).is_outside(scope("/dashboard", html))


@pytest.mark.parametrize(
    "told",
    [b"x-forwarded-for", b"x-real-ip", b"x-forwarded-proto", b"forwarded", b"via", b"x-forwarded-host"],
)
def test_behind_a_proxy_that_takes_the_path_off_everything_is_inside(told: bytes) -> None:
    base = BasePath("/kuma", lambda scope: False)
    assert not base.is_outside(scope("/dashboard", (b"accept", b"text/html"), (told, b"x")))


def test_programs_beside_the_proxy_need_no_path() -> None:
    base = BasePath("/kuma", lambda scope: False)
    assert not base.is_outside(scope("/healthz", (b"accept", b"text/html")))
    assert not base.is_outside(scope("/dashboard", (b"accept", b"*/*")))
    assert not base.is_outside(scope("/api/push/x"))
    assert not base.is_outside(scope("/api/v1/monitors", (b"accept", b"text/html"), method="POST"))


@pytest.mark.parametrize(
    "text", ['/a"><script>', "/a b", "kuma", "//evil.example", "/a/../b", "/a\r\nx: y", "/"]
)
def test_nothing_else_gets_into_pages(text: str) -> None:
    assert clean(text) == ""
    told = scope("/x", (b"x-forwarded-prefix", text.encode()))
    assert BasePath("", lambda scope: True).enter(told, None) == (told, None)
    if text != "/":
        with pytest.raises(BadValue):
            base_path(text)


def test_only_a_trusted_proxy_says_it() -> None:
    told = scope("/x", (b"x-forwarded-prefix", b"/kuma/"))
    assert BasePath("", lambda scope: False).enter(told, None) == (told, None)
    entered, _ = BasePath("", lambda scope: True).enter(told, None)
    assert entered["base_path"] == "/kuma"
