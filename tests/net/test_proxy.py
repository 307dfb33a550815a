from __future__ import annotations

import pytest

from kuma_lite.net.http.url import parse_url
from kuma_lite.net.network import Network, NoProxy
from kuma_lite.net.proxy import ProxyServer, environment_rule, parse_proxy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://p", ProxyServer("http", "p", 80)),
        ("https://p:8443/", ProxyServer("https", "p", 8443)),
        ("p:3128", ProxyServer("http", "p", 3128)),
        ("socks5h://us%20er:p%40ss@[::1]", ProxyServer("socks5h", "::1", 1080, "us er", "p@ss")),
        ("socks4://me@h:9", ProxyServer("socks4", "h", 9, "me", "")),
    ],
)
def test_urls_of_proxies(text: str, expected: ProxyServer) -> None:
    assert parse_proxy(text) == expected


@pytest.mark.parametrize("text", ["ftp://p", "http://", "http://p:x", "http://[::1", ""])
def test_what_is_no_proxy(text: str) -> None:
    with pytest.raises(ValueError, match=r"proxy"):
        parse_proxy(text)


def chosen(variables: dict[str, str], url: str) -> str | None:
    rule = environment_rule(variables)
    proxy = rule(parse_url(url)) if rule else None
    return proxy.host if proxy else None


def test_a_proxy_for_each_scheme() -> None:
    variables = {"HTTP_PROXY": "http://a", "https_proxy": "http://b", "ALL_PROXY": "http://c"}
    assert chosen(variables, "http://x/") == "a"
    assert chosen(variables, "https://x/") == "b"
    assert chosen({"all_proxy": "socks5://c"}, "https://x/") == "c"
    assert chosen({"HTTP_PROXY": "http://a"}, "https://x/") is None
    assert environment_rule({"NO_PROXY": "x"}) is None
    assert environment_rule({"HTTP_PROXY": ""}) is None


@pytest.mark.parametrize(
    ("exceptions", "url", "direct"),
    [
        ("*", "http://x/", True),
        ("x", "http://x/", True),
        ("X, y", "http://y/", True),
        ("x", "http://y.x/", False),
        (".x", "http://y.x/", True),
        ("*.x", "http://y.x/", True),
        (".x", "http://x/", False),
        ("x:81", "http://x/", False),
        ("x:80", "http://x/", True),
        ("127.0.0.1 ::1", "http://[::1]:5/", True),
        ("[::1]", "http://[::1]:5/", True),
        ("localhost", "http://localhost:5/", True),
        ("", "http://x/", False),
    ],
)
def test_exceptions(exceptions: str, url: str, direct: bool) -> None:
    assert (chosen({"http_proxy": "http://a", "no_proxy": exceptions}, url) is None) is direct


def test_the_variable_is_named() -> None:
    with pytest.raises(ValueError, match="HTTPS_PROXY cannot be used"):
        environment_rule({"https_proxy": "gopher://x"})


async def test_a_monitor_takes_its_own_proxy_if_it_is_there() -> None:
    network = Network()
    network.find_proxy = {7: ProxyServer("http", "p", 1)}.get
    rule = network.proxy_for(7)
    assert rule is not None
    assert rule(parse_url("http://x/")) == ProxyServer("http", "p", 1)
    with pytest.raises(NoProxy):
        network.proxy_for(8)
    assert network.proxy_for(None) is None
    network.close()
