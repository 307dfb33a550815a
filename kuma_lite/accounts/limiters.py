"""How often people may try to log in.

Uptime Kuma has one bucket for everybody, so that a stranger who guesses locks the owner out. Here each place
has its own. Where many share one, behind a proxy that names nobody, and where somebody guesses from many
places, the owner has two ways in: a session token, which no limit concerns, and a device (or place) from
which the account has logged in before, which has a bucket of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from kuma_lite.core.client_address import peer_of_place
from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import Caller
from kuma_lite.core.rate_limits import FailureCounter, KeyedLimiter, Recent

LOGINS_PER_WINDOW: Final = 20  # log-ins and log-outs of one place
LOGINS_PER_PEER: Final = 100  # of all places behind one address, which an untrusted proxy may claim
FAILURES_PER_ACCOUNT: Final = 50  # from places where it has never logged in
TWO_FACTOR_PER_WINDOW: Final = 30
_MAX_NAME_CHARS: Final = 255  # of what is remembered of a name

LOGIN: Final = "login"
TWO_FACTOR: Final = "2fa"


class PlaceLimiter:
    """So many calls a minute for every place."""

    def __init__(self, calls: int, clock: Clock) -> None:
        self._places = KeyedLimiter(calls, clock)

    def take(self, caller: Caller, _arguments: Sequence[Any]) -> float | None:
        """Seconds to wait before a call from there may go on; None: refuse it."""
        return self._places.take(caller.place)


class LoginLimiter:
    """Log-ins and log-outs, by place, by account and by device.

    Args:
        clock: of the windows.
        device_of: the account that has logged in on the device that proves it with this; None: no proof.
    """

    def __init__(self, clock: Clock, device_of: Callable[[Any], str | None]) -> None:
        self._device_of = device_of
        self._places = KeyedLimiter(LOGINS_PER_WINDOW, clock)
        self._peers = KeyedLimiter(LOGINS_PER_PEER, clock)
        self._devices = KeyedLimiter(LOGINS_PER_WINDOW, clock)
        self._failures = FailureCounter(FAILURES_PER_ACCOUNT, clock)
        self._known: Recent[bool] = Recent()  # accounts and places where they have logged in
        self._tries = 0

    def take(self, caller: Caller, arguments: Sequence[Any]) -> float | None:
        """Seconds to wait before a call may go on; None: refuse it."""
        form = arguments[0] if arguments and isinstance(arguments[0], dict) else {}
        account = _account(form.get("username"))
        owner = self._device_of(form.get("device"))
        if owner is not None and _account(owner) == account:
            return self._devices.take(str(form["device"]))
        delay = self._places.take(caller.place)
        if delay is None or self._known.get(f"{account} {caller.place}"):
            return delay
        if self._peers.take(peer_of_place(caller.place)) is None or self._failures.is_over(account):
            return None
        return delay

    def failed(self, caller: Caller, username: Any) -> None:
        """A password was wrong."""
        account = _account(username)
        if not self._known.get(f"{account} {caller.place}"):
            self._tries += 1
            self._failures.add(account, str(self._tries))

    def succeeded(self, caller: Caller, username: str) -> None:
        """Somebody is in: that place is no stranger's any more."""
        self._known.put(f"{_account(username)} {caller.place}", True)


def _account(username: Any) -> str:
    return str(username)[:_MAX_NAME_CHARS].casefold()


def make_limiters(logins: LoginLimiter, clock: Clock) -> dict[str, LoginLimiter | PlaceLimiter]:
    """The limiters by the names events use."""
    return {LOGIN: logins, TWO_FACTOR: PlaceLimiter(TWO_FACTOR_PER_WINDOW, clock)}
