"""Lists that compatible clients wait for after a log-in, of features this version does not have.

A feature that comes to own one of them sends it itself and takes it out of here.
"""

from __future__ import annotations

from typing import Any, Final

from kuma_lite.core.doors import Caller, Doors, Push

_LISTS_ORDER: Final = 30  # those any order among each other

_EMPTY: Final[dict[str, Any]] = {
    "proxyList": [],
    "dockerHostList": [],
    "apiKeyList": [],
    "remoteBrowserList": [],
}


def empty_lists(push: Push) -> list[Doors]:
    """What is sent to everybody of a user when one more connection logs in, as Uptime Kuma does."""

    async def send(caller: Caller) -> None:
        if caller.user_id is not None:
            await push.many_to_user(caller.user_id, list(_EMPTY.items()))

    return [Doors(on_login=send, login_order=_LISTS_ORDER)]
