"""Large texts are worked on beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

# 256 kB of JSON take about 3 ms to parse, which the loop can spare.
ON_LOOP_CHARS: Final = 256 * 1024

T = TypeVar("T")


async def off_loop_if_large(work: Callable[[str], T], text: str) -> T:
    """`work(text)`, on a thread when the text is large."""
    if len(text) > ON_LOOP_CHARS:
        return await asyncio.to_thread(work, text)
    return work(text)
