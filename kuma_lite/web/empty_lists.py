"""Lists that compatible clients wait for after a log-in, of features this version does not have.

A feature that comes to own one of them sends it itself and takes it out of here.
"""

from __future__ import annotations

from typing import Any, Final

from kuma_lite.core.doors import Caller, Doors

_LISTS_ORDER: Final = 30  # those any order among each other
_STATUS_PAGES_ORDER: Final = 40  # after all others

_EMPTY: Final[dict[str, Any]] = {
    "maintenanceList": {},
    "proxyList": [],
    "dockerHostList": [],
    "apiKeyList": [],
    "remoteBrowserList": [],
}
_EMPTY_AFTERWARDS: Final[dict[str, Any]] = {"statusPageList": {}}


def empty_lists() -> list[Doors]:
    """What is sent to every connection that logs in."""

    async def send_first(caller: Caller) -> None:
        await caller.emit_many(list(_EMPTY.items()))

    async def send_afterwards(caller: Caller) -> None:
        await caller.emit_many(list(_EMPTY_AFTERWARDS.items()))

    return [
        Doors(on_login=send_first, login_order=_LISTS_ORDER),
        Doors(on_login=send_afterwards, login_order=_STATUS_PAGES_ORDER),
    ]
