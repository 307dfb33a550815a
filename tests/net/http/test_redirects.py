from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import Headers, HttpClient, Request
from kuma_lite.net.http.redirects import Hop, is_redirect, next_hop
from kuma_lite.net.http.url import parse_url
from tests.net.authority import Authority
from tests.net.servers import answer, redirect, serve

SECRETS = (("Authorization", "Basic x"), ("Cookie", "a=b"), ("Proxy-Authorization", "y"), ("X-Mine", "z"))


def hop(
    url: str, method: str = "GET", headers: tuple[tuple[str, str], ...] = (), body: bytes | None = None
) -> Hop:
    return Hop(method, parse_url(url), headers, body)


@pytest.mark.parametrize(
    ("status", "method", "expected"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (301, "PUT", "PUT"),
        (302, "HEAD", "HEAD"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
    ],
)
def test_method_that_follows(status: int, method: str, expected: str) -> None:
    headers = (("Content-Type", "text/plain"), ("X-Mine", "1"))
    following = next_hop(hop("http://h/", method, headers, b"body"), status, "/next")
    assert following.method == expected
    kept = expected == method
    assert following.body == (b"body" if kept else None)
    assert following.headers == (headers if kept else (("X-Mine", "1"),))


@pytest.mark.parametrize(
    ("start", "location", "kept"),
    [
        ("http://a.test/", "/x", True),
        ("http://a.test/", "http://a.test/x", True),
        ("http://a.test/", "https://a.test/", True),
        ("https://a.test/", "http://a.test/", False),
        ("http://a.test/", "http://b.test/", False),
        ("http://a.test/", "http://a.test:8080/", False),
        ("http://a.test/", "http://sub.a.test/", True),
        ("http://a.test/", "http://nota.test/", False),
        ("http://sub.a.test/", "http://a.test/", False),
    ],
)
def test_credentials_stay_at_home(start: str, location: str, kept: bool) -> None:
    following = next_hop(hop(start, headers=SECRETS), 302, location)
    assert following.headers == (SECRETS if kept else (("X-Mine", "z"),))


def test_host_header_is_what_relative_locations_mean() -> None:
    following = next_hop(hop("http://127.0.0.1/a/b", headers=(("Host", "virtual.test:81"),)), 302, "c")
    assert str(following.url) == "http://virtual.test:81/a/c"
    assert following.headers == ()


@pytest.mark.parametrize("location", ["http://[bad/", "ftp://x/", "http://a b/"])
def test_location_that_leads_nowhere(location: str) -> None:
    with pytest.raises(NetworkError, match="Redirected request failed: "):
        next_hop(hop("http://h/"), 302, location)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/ä b", "http://h.test:81/%C3%A4%20b"),
        ("/%C3%A4%20b", "http://h.test:81/%C3%A4%20b"),
        ("?q=ä b", "http://h.test:81/a/b?q=%C3%A4%20b"),
        ("http://ö.test/ä", "http://xn--nda.test/%C3%A4"),
        ("http://日本.test", "http://xn--wgv71a.test/"),
        ("  /x \t", "http://h.test:81/x"),
        ("//other.test", "http://other.test/"),
        ("///other.test/x", "http://other.test/x"),
        ("\\\\other.test\\x", "http://other.test/x"),
        ("\\x\\y", "http://h.test:81/x/y"),
        ("http:x", "http://h.test:81/a/x"),
        ("http:/x", "http://h.test:81/x"),
        ("https:/other.test/x", "https://other.test/x"),
        ("HTTP://OTHER.TEST/X", "http://other.test/X"),
        ("other.test/x", "http://h.test:81/a/other.test/x"),
        ("http://other.test:80", "http://other.test/"),
        ("http://other.test:/x", "http://other.test/x"),
        ("http://other.test?x", "http://other.test/?x"),
        ("http://user:pw@other.test/", "http://other.test/"),
        ("http://[::1]:82/x", "http://[::1]:82/x"),
        ("http://127.1/", "http://127.0.0.1/"),
        ("../../../x", "http://h.test:81/x"),
        ("?x=1", "http://h.test:81/a/b?x=1"),
        ("#x", "http://h.test:81/a/b"),
        ("/x#/y?z", "http://h.test:81/x"),
        ("/50%", "http://h.test:81/50%"),
        ("/a|b{c}`^<d>", "http://h.test:81/a|b%7Bc%7D%60^%3Cd%3E"),
        ("/a\tb", "http://h.test:81/ab"),
        ("/x\x01y", "http://h.test:81/x%01y"),
        ("b:c", None),
        ("mailto:x@y", None),
        ("http://", None),
        ("http://a b/", None),
        ("http://other.test:80:80/", None),
        ("http://other.test:99999/", None),
    ],
)
def test_locations_as_servers_write_them(location: str, expected: str | None) -> None:
    start = hop("http://h.test:81/a/b")
    sent = location.encode().decode("latin-1")  # as a header's bytes are read
    if expected is None:
        with pytest.raises(NetworkError, match="Redirected request failed: "):
            next_hop(start, 302, sent)
    else:
        assert str(next_hop(start, 302, sent).url) == expected


def test_bytes_that_are_no_text_go_back_as_they_came() -> None:
    assert str(next_hop(hop("http://h/"), 302, "/K\xf6ln?\xff").url) == "http://h/K%F6ln?%FF"


@given(st.binary(max_size=40))
def test_any_bytes_lead_somewhere_or_nowhere(location: bytes) -> None:
    try:
        url = next_hop(hop("http://h/"), 302, location.decode("latin-1")).url
    except NetworkError as error:
        assert error.message.startswith("Redirected request failed: ")
    else:
        assert str(url).isascii() and " " not in str(url)


def test_credentials_of_the_location() -> None:
    following = next_hop(hop("http://h/", headers=SECRETS), 302, "http://u:p@other.test/")
    assert following.headers == (("X-Mine", "z"), ("Authorization", "Basic dTpw"))


async def test_a_location_in_another_script(client: HttpClient) -> None:
    head = "HTTP/1.1 302 Found\r\nLocation: /größe\r\nContent-Length: 0\r\n\r\n".encode()
    async with serve({"/": head, "/gr%C3%B6%C3%9Fe": answer(b"there")}) as server:
        assert (await client.send(Request("GET", server.url()))).body == b"there"


@given(st.integers(100, 599), st.booleans())
def test_only_3xx_with_a_location_is_a_redirect(status: int, located: bool) -> None:
    headers = Headers([("location", "/")] if located else [])
    assert is_redirect(status, headers) == (located and 300 <= status <= 399)


async def test_following_to_the_end(client: HttpClient) -> None:
    answers = {"/": redirect("b/c?d"), "/b/c?d": redirect("../e"), "/e": answer(b"end")}
    async with serve(answers) as server:
        response = await client.send(Request("GET", server.url()))
    assert response.body == b"end"
    assert response.url == server.url("/e")
    assert len(server.requests) == 3


async def test_loop_ends_with_the_limit(client: HttpClient) -> None:
    async with serve({"/": redirect("/")}) as server:
        with pytest.raises(NetworkError) as caught:
            await client.send(Request("GET", server.url(), max_redirects=3))
    assert caught.value.message == "Maximum number of redirects exceeded"
    assert len(server.requests) == 4


async def test_exactly_the_limit_is_allowed(client: HttpClient) -> None:
    async with serve({"/": redirect("/1"), "/1": redirect("/2"), "/2": answer()}) as server:
        assert (await client.send(Request("GET", server.url(), max_redirects=2))).status == 200


async def test_not_following_returns_the_redirect(client: HttpClient) -> None:
    async with serve({"/": redirect("/1")}) as server:
        response = await client.send(Request("GET", server.url(), max_redirects=0))
    assert (response.status, response.reason) == (302, "Found")


async def test_redirect_without_location_is_the_answer(client: HttpClient) -> None:
    async with serve(answer(b"choose", "300 Multiple Choices")) as server:
        response = await client.send(Request("GET", server.url()))
    assert (response.status, response.body) == (300, b"choose")


async def test_endless_body_of_a_redirect_is_not_read(client: HttpClient) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: /end\r\nContent-Length: 99999999\r\n\r\n"
    async with serve({"/": head, "/end": answer(b"end")}, stay=True) as server:
        assert (await client.send(Request("GET", server.url(), timeout=10))).body == b"end"


async def test_cookies_come_along_within_one_check_only(client: HttpClient) -> None:
    first = redirect(
        "/in", "302 Found", "Set-Cookie: sid=1; Path=/; HttpOnly", "Set-Cookie: b=2; Path=/other"
    )
    async with serve({"/": first, "/in": answer()}) as server:
        await client.send(Request("GET", server.url(), [("Cookie", "own=0")]))
        await client.send(Request("GET", server.url()))
    assert "Cookie: own=0; sid=1\r\n" in server.requests[1]
    assert "Cookie" not in server.requests[2]


async def test_timeout_is_for_the_whole_chain(client: HttpClient) -> None:
    async with serve({"/": redirect("/slow"), "/slow": b""}, stay=True) as server:
        with pytest.raises(NetworkError, match="timeout of 300ms exceeded"):
            await client.send(Request("GET", server.url(), timeout=0.3))


async def test_from_http_to_https(client: HttpClient, authority: Authority) -> None:
    context = authority.server("localhost").server_context()
    async with serve(answer(b"secure"), tls=context) as secure:
        target = f"https://localhost:{secure.port}/"
        async with serve(redirect(target)) as plain:
            response = await client.send(
                Request("GET", plain.url(), ca_pem=authority.root_pem, ip_family="ipv4")
            )
    assert response.url == target
    assert response.certificate is not None


async def test_credentials_are_not_sent_to_another_host(client: HttpClient) -> None:
    async with serve(answer()) as other, serve(redirect(other.url())) as server:
        await client.send(Request("GET", server.url(), auth=("user", "pass")))
    assert "Authorization" in server.requests[0]
    assert "Authorization" not in other.requests[0]
