"""What every place has to do, whatever it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kuma_lite.core.errors import UserError
from kuma_lite.places.model import Manner, NoSuchFile, Place, Stored, fetch, verify

LARGE = 18_000_000  # bytes: three parts


async def keeps_its_word(place: Place, folder: Path) -> None:
    """Everything that a place can do, and what it refuses; leaves nothing there."""
    assert await place.files() == []
    large = folder / "large"
    large.write_bytes(os.urandom(LARGE))
    heard: list[tuple[int, int]] = []
    await place.put("large.bin", large, told=lambda *told: heard.append(told))
    assert heard[-1] == (LARGE, LARGE)
    await verify(place, "large.bin", large)
    await place.put("shop/it's a+b & ü~.html", b"<p>", Manner("text/html", "max-age=60", is_public=True))
    await place.put("shop/empty.css", b"", Manner("text/css", is_public=True))
    names = ["large.bin", "shop/empty.css", "shop/it's a+b & ü~.html"]
    assert sorted(each.name for each in await place.files()) == names
    assert await place.files("large") == [Stored("large.bin", LARGE)]
    assert await place.read("shop/empty.css", 10) == b""
    assert await place.read("shop/it's a+b & ü~.html", 10) == b"<p>"
    with pytest.raises(UserError, match="is not what was written there"):
        await place.read("large.bin", 10)
    await fetch(place, "large.bin", folder / "back")
    assert (folder / "back").read_bytes() == large.read_bytes()
    large.write_bytes(b"another one")
    with pytest.raises(UserError, match="is not what was written there"):
        await verify(place, "large.bin", large)
    await place.put("large.bin", large)
    await verify(place, "large.bin", large)
    for name in ("", "/etc/passwd", "../x", "a/../../x", "a/./b"):
        with pytest.raises(UserError, match="is no name"):
            await place.put(name, b"x")
    with pytest.raises(NoSuchFile):
        await place.read("none", 10)
    with pytest.raises(NoSuchFile):
        await fetch(place, "none", folder / "none")
    assert not (folder / "none").exists()
    for name in [*names, "none", "no/such/folder/none"]:
        await place.delete(name)
    assert await place.files() == []
