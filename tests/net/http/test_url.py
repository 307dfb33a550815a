from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http.url import Url, join_url, parse_url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://h", Url("http", "h", 80, "/")),
        (" HTTP://EX.com:0443/ \n", Url("http", "ex.com", 443, "/")),
        ("https://ex.com:443?x", Url("https", "ex.com", 443, "/?x")),
        ("http:ex.com", Url("http", "ex.com", 80, "/")),
        ("http:///ex.com", Url("http", "ex.com", 80, "/")),
        ("http://ex.com\\a", Url("http", "ex.com", 80, "/a")),
        ("http://ex.com:80/../a/./b?x=ä y#f", Url("http", "ex.com", 80, "/a/b?x=%C3%A4%20y")),
        ("http://ex.com/a/..", Url("http", "ex.com", 80, "/")),
        ("http://ex.com/a/b/.", Url("http", "ex.com", 80, "/a/b/")),
        ("http://ex.com/%7e/%zz/..%2f/%2e%2e/x", Url("http", "ex.com", 80, "/%7e/%zz/x")),
        (
            "http://ex.com/a|b^c`d{e}\"f'?g'h|i\"<",
            Url("http", "ex.com", 80, "/a|b^c%60d%7Be%7D%22f'?g%27h|i%22%3C"),
        ),
        ("http://127.1/", Url("http", "127.0.0.1", 80, "/")),
        ("http://0x7f.1/", Url("http", "127.0.0.1", 80, "/")),
        ("http://2130706433/", Url("http", "127.0.0.1", 80, "/")),
        ("http://0177.0.0.1/", Url("http", "127.0.0.1", 80, "/")),
        ("http://[::1]:8080/x", Url("http", "::1", 8080, "/x")),
        ("http://[fe80::1%eth0]/", Url("http", "fe80::1%eth0", 80, "/")),
        ("http://[fe80::1%25eth0]/", Url("http", "fe80::1%eth0", 80, "/")),
        ("http://faß.de/", Url("http", "xn--fa-hia.de", 80, "/")),
        ("http://München.de/ß", Url("http", "xn--mnchen-3ya.de", 80, "/%C3%9F")),
        ("http://☃.net/", Url("http", "xn--n3h.net", 80, "/")),
        ("http://a_b.de/", Url("http", "a_b.de", 80, "/")),
        ("http://a%41.de/", Url("http", "aa.de", 80, "/")),
        ("http://u:p%40@h/", Url("http", "h", 80, "/", "u", "p@")),
        ("http://a@b@h/", Url("http", "h", 80, "/", "a@b", "")),
        ("http://h/a\tb\nc", Url("http", "h", 80, "/abc")),
    ],
)
def test_reading(text: str, expected: Url) -> None:
    assert parse_url(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "foo", "//x", "http://", "http://:80/", "http://a b/", "http://[::1", "http://[::1]x/", "http://[1]/",
        "http://a:99999/", "http://a:8x/", "http://%zz/", "http://1.2.3.4.5/", "http://256.1.1.1/", "http://09.1/",
        "http://1.2.3.08/", "http://xn--/", "http://a<b/", "http://a%00b/", "http://a%2fb/", "http://[fe80::1%a/b]/",
    ],
)  # fmt: skip
def test_invalid(text: str) -> None:
    with pytest.raises(NetworkError) as caught:
        parse_url(text)
    assert (caught.value.message, caught.value.code) == ("Invalid URL", "ERR_INVALID_URL")
    assert caught.value.kind is ErrorKind.URL


@pytest.mark.parametrize(
    ("text", "scheme"), [("ftp://h/", "ftp"), ("file:///etc/passwd", "file"), ("a.b:1", "a.b")]
)
def test_unsupported(text: str, scheme: str) -> None:
    with pytest.raises(NetworkError, match=f"^Unsupported protocol {scheme}:$"):
        parse_url(text)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/x", "http://h:81/x"),
        ("x", "http://h:81/a/x"),
        ("../x", "http://h:81/x"),
        ("?q", "http://h:81/a/b?q"),
        ("", "http://h:81/a/b?c"),
        ("#f", "http://h:81/a/b?c"),
        ("//o/x", "http://o/x"),
        ("\\\\o/x", "http://o/x"),
        ("https://o", "https://o/"),
        ("http:x", "http://h:81/a/x"),
        ("http:/x", "http://h:81/x"),
        ("https:x", "https://x/"),
        ("x:y", None),
        ("x?y=http://o", "http://h:81/a/x?y=http://o"),
        ("/ä", "http://h:81/%C3%A4"),
        (" /x ", "http://h:81/x"),
    ],
)
def test_joining(location: str, expected: str | None) -> None:
    base = parse_url("http://h:81/a/b?c")
    if expected is None:
        with pytest.raises(NetworkError):
            join_url(base, location)
    else:
        assert str(join_url(base, location)) == expected


def test_zone_stays_out_of_the_host_header() -> None:
    url = parse_url("http://[fe80::1%eth0]:8080/")
    assert url.host_header == "[fe80::1]:8080"
    assert join_url(url, "/x").host == "fe80::1%eth0"


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for candidate in (text, "http://" + text, "http://h/" + text, "https://h?" + text):
        try:
            url = parse_url(candidate)
        except NetworkError as error:
            assert error.kind is ErrorKind.URL
            continue
        assert url.target.startswith("/")
        assert url.target.isascii()
        assert url.target.isprintable()
        assert " " not in url.target
        assert "#" not in url.target
        assert url.host
        assert 0 <= url.port <= 65_535


@given(st.text(alphabet="abc/.?#%\\ä:@", max_size=30))
def test_what_was_read_reads_the_same_again(text: str) -> None:
    try:
        url = join_url(parse_url("http://h/a/b"), text)
    except NetworkError:
        return
    again = parse_url(str(url))
    assert (again.host, again.port, again.target) == (url.host, url.port, url.target)


@given(st.ip_addresses(v=4), st.sampled_from(["decimal", "hex", "octal"]))
def test_every_spelling_of_an_address_is_the_address(address: ipaddress.IPv4Address, spelling: str) -> None:
    number = int(address)
    text = {"decimal": str(number), "hex": hex(number), "octal": f"0{number:o}" if number else "0"}[spelling]
    assert parse_url(f"http://{text}/").host == str(address)
