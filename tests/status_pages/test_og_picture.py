from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.status_pages.drawing.og_picture import HEIGHT, WIDTH, picture
from kuma_lite.status_pages.model import Bar
from tests.status_pages.appliance import Running

KINDS = ["up", "down", "pending", "maintenance", "nothing"]
BARS = st.lists(
    st.builds(Bar, st.just(0), st.none() | st.floats(0, 1), st.integers(0, 3), st.just(0), st.booleans()),
    max_size=120,
)


def read(png: bytes, *places: int) -> list[list[tuple[int, int, int]]]:
    """Lines of a PNG with a palette; whatever a strict reader refuses is wrong."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    rest, chunks = png[8:], {}
    while rest:
        (length,), name = struct.unpack(">I", rest[:4]), rest[4:8]
        content = rest[8 : 8 + length]
        assert struct.unpack(">I", rest[8 + length : 12 + length])[0] == zlib.crc32(name + content)
        chunks[name] = content
        rest = rest[12 + length :]
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    table = chunks[b"PLTE"]
    palette = [(table[at], table[at + 1], table[at + 2]) for at in range(0, len(table), 3)]
    pixels = zlib.decompress(chunks[b"IDAT"])
    assert len(pixels) == HEIGHT * (WIDTH + 1)
    lines = [pixels[at : at + WIDTH + 1] for at in range(0, len(pixels), WIDTH + 1)]
    assert all(line[0] == 0 for line in lines)
    return [[palette[pixel] for pixel in lines[at][1:]] for at in places or (100, 265, 295, 629)]


@pytest.mark.parametrize(("kind", "middle"), [("down", (0xFF, 0xFF, 0xFF)), ("nothing", (0x56, 0x5F, 0x67))])
def test_the_band_has_a_sign_and_round_corners(kind: str, middle: tuple[int, int, int]) -> None:
    edge, across = read(picture(kind, []), 60, 135)
    assert (edge[60], edge[84]) == ((0xF4, 0xF6, 0xF8), across[100])
    assert (across[600], across[558]) == (middle, (0xFF, 0xFF, 0xFF))  # of the cross, and of the ring


@given(st.sampled_from(KINDS), st.lists(BARS, max_size=9))
def test_any_history_makes_a_picture(kind: str, services: list[list[Bar]]) -> None:
    png = picture(kind, services)
    assert len(png) < 20_000
    *_, bottom = read(png)
    assert set(bottom) == {(0xF4, 0xF6, 0xF8)}


def test_what_it_shows() -> None:
    good, bad, nothing = Bar(0, 1.0), Bar(1, 0.5, 1, 60), Bar(2, None)
    band, upper, lower, _ = read(picture("down", [[good, bad, nothing]]))
    assert (band[59], band[60], band[1139]) == ((0xF4, 0xF6, 0xF8), (0xB8, 0x1F, 0x2C), (0xB8, 0x1F, 0x2C))
    assert (upper[100], upper[500], upper[900]) == (
        (0x2F, 0x9E, 0x69),
        (0xCC, 0x29, 0x36),
        (0xF4, 0xF6, 0xF8),
    )
    assert lower[900] == (0xCC, 0xD2, 0xD8)


@pytest.mark.parametrize("domains", [[], ["status.example"]])
async def test_pages_name_it_where_their_address_is_known(server: Running, domains: list[str]) -> None:
    number = await server.add_push_monitor("front")
    await server.push("front", "status=down")
    await server.add_page("shop", number, domainNameList=domains)
    answer = await server.get("/status/shop/picture.png")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    assert read(answer.body)[0][600] == (0xB8, 0x1F, 0x2C)
    named = 'property="og:image" content="https://status.example/status/shop/picture.png"'
    assert (named in (await server.get("/status/shop")).text) is bool(domains)
    await server.ok("setSettings", {"primaryBaseURL": "https://kuma.example/"}, "")
    base = "https://status.example" if domains else "https://kuma.example"
    text = (await server.get("/status/shop?again")).text
    assert f'property="og:image" content="{base}/status/shop/picture.png"' in text
