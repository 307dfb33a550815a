"""Changes of links and routes are heard at once where Linux tells of them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest

from kuma_lite.net import link_watch
from kuma_lite.net.link_watch import LinkWatch


async def test_it_looks_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_watch, "LOOK_S", 0.01)
    looked = asyncio.Event()
    seen: list[int] = []

    def look() -> None:
        seen.append(1)
        if len(seen) > 2:
            looked.set()
        raise RuntimeError("a look that fails is not the last one")

    watch = LinkWatch(look)
    watch.start()
    await asyncio.wait_for(looked.wait(), 10)
    watch.stop()
    count = len(seen)
    await asyncio.sleep(0.05)
    assert len(seen) == count


PROGRAM = """
import asyncio, subprocess
from kuma_lite.net import link_watch

async def main():
    link_watch.LOOK_S = 3600
    heard = asyncio.Event()
    looks = []
    watch = link_watch.LinkWatch(lambda: (looks.append(1), heard.set() if len(looks) > 1 else None))
    watch.start()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    await asyncio.wait_for(heard.wait(), 10)
    watch.stop()

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs network namespaces")
def test_a_change_is_heard() -> None:
    if subprocess.run(["unshare", "-n", "ip", "link"], capture_output=True, check=False).returncode:
        pytest.skip("no network namespaces, or no iproute2")
    subprocess.run(["unshare", "-n", sys.executable, "-c", PROGRAM], check=True, timeout=60)
