"""Is it the name, or the resolver?

"Try again later" is what the system says both when nobody can be asked and when the servers of one domain are
broken. So what it says of other names decides: several domains at once are the resolver's trouble; of a
single one, names that it has found before are asked again.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.clock import Clock
from kuma_lite.core.spans import Spans
from kuma_lite.net.errors import NetworkError

HANGING_S: Final = 2.0  # no answer for so long is as good as none
SILENT_S: Final = 4.0  # a refusal comes sooner: the resolver has waited for somebody
FRESH_S: Final = 60.0  # answers older than this say nothing about now
SETTLE_S: Final = 5.0  # a check that has lost its time to a lookup may end a little after it
CONTROLS: Final = 2  # names asked again
CONTROL_S: Final = 3.0  # seconds for their answers
KNOWN: Final = 4096

_UNCLEAR: Final = frozenset({"EAI_AGAIN", "EAI_FAIL", "EAI_MEMORY"})

Ask = Callable[[str], Awaitable[Any]]  # raises NetworkError


class Lookup(Struct, frozen=True):
    """The latest question for a name: monotonic seconds; `ended` is None while it is open."""

    begun: float
    ended: float | None
    clear: bool  # an address, or a definite "no such name"


def domain(host: str) -> str:
    """Names of the same domain share their servers, and so their trouble: the last two labels."""
    return ".".join(host.lower().rstrip(".").split(".")[-2:])


class ResolverHealth:
    """What the answers to lookups say about the resolver.

    Args:
        clock: for monotonic seconds.
        ask: asks the resolver for a name, past all that is remembered.
    """

    def __init__(self, clock: Clock, ask: Ask) -> None:
        self._monotonic = clock.monotonic
        self._ask = ask
        self._lookups: OrderedDict[str, Lookup] = OrderedDict()
        self._found: OrderedDict[str, float] = OrderedDict()  # names with an address, latest last
        self._failing: dict[str, float] = {}  # name → begin of its first unclear question, since an answer
        self._control: asyncio.Task[bool] | None = None
        self.outages = Spans()

    def asked(self, host: str) -> None:
        """A lookup begins."""
        _put(self._lookups, host, Lookup(self._monotonic(), None, False))

    def answered(self, host: str, code: str | None) -> None:
        """A lookup has ended; `code` as in `NetworkError`, None for addresses."""
        now = self._monotonic()
        begun = self._lookups[host].begun if host in self._lookups else now
        clear = code not in _UNCLEAR
        _put(self._lookups, host, Lookup(begun, now, clear))
        if clear:
            self._failing.clear()
            self.outages.end(now)
            if code is None:
                _put(self._found, host, now)
            return
        self._failing.setdefault(host, begun)
        if self._is_widespread(now):
            self.outages.begin(min(self._failing.values()))

    async def explains(self, host: str, began: float, failed: float) -> bool:
        """Whether the resolver may be why a check of a host failed that ran then (monotonic seconds)."""
        lookup = self._lookups.get(host)
        if lookup is None or not _was_in_the_way(lookup, began, failed):
            return False
        if self.outages.within(began, failed, after=SETTLE_S) or self._is_widespread(failed):
            return True
        if lookup.clear:
            return False
        silent = lookup.ended is None or failed - lookup.begun >= SILENT_S
        if await self._others_fail(host, silent=silent):
            self.outages.begin(lookup.begun)
            return True
        return False

    def _is_widespread(self, now: float) -> bool:
        """Whether several domains are without a clear answer at the moment."""
        hanging = (
            host
            for host, lookup in reversed(self._lookups.items())
            if lookup.ended is None and now - lookup.begun > HANGING_S
        )
        return len({domain(host) for host in (*self._failing, *hanging)}) > 1

    async def _others_fail(self, host: str, *, silent: bool) -> bool:
        """Ask other names again, best of other domains; those who ask at the same time share the answers."""
        if self._control is None:
            known = [name for name in reversed(self._found) if name != host]
            others = [name for name in known if domain(name) != domain(host)] or known
            if not others:
                return silent
            self._control = asyncio.create_task(self._all_fail(others[:CONTROLS]))
            self._control.add_done_callback(lambda done: setattr(self, "_control", None))
        return await asyncio.shield(self._control)

    async def _all_fail(self, names: list[str]) -> bool:
        return not any(await asyncio.gather(*(self._is_clear(name) for name in names)))

    async def _is_clear(self, name: str) -> bool:
        try:
            async with asyncio.timeout(CONTROL_S):
                await self._ask(name)
        except TimeoutError:
            return False
        except NetworkError as error:
            return error.code not in _UNCLEAR
        return True


def _was_in_the_way(lookup: Lookup, began: float, failed: float) -> bool:
    """Whether a check has lost its time, or its answer, to this lookup."""
    if lookup.ended is None:
        return failed - lookup.begun > HANGING_S or lookup.begun < began
    if lookup.ended < began:
        return False
    return not lookup.clear or lookup.ended - lookup.begun > HANGING_S


def _put(kept: OrderedDict[str, Any], key: str, value: object) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > KNOWN:
        kept.popitem(last=False)
