"""Refuses names that this server does not know while nobody has to log in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from kuma_lite.core.client_address import header
from kuma_lite.core.hosts import KNOWN_HOSTS, host_name, is_known, is_out_of_reach, known_hosts

UNKNOWN_HOST: Final = (
    "This server does not know the host name under which it was opened. While logging in is switched off it "
    "answers to its IP address, to the names under which somebody has logged in, and to those of the setting "
    "allowed_hosts (KUMA_LITE_ALLOWED_HOSTS)."
)


class KnownHosts:
    """The rule.

    Args:
        setting: reads one.
        allowed: names that the administrator gives; "*" is every name.
    """

    def __init__(self, setting: Callable[[str], Any], allowed: Sequence[str] = ()) -> None:
        self._setting = setting
        self._allowed = allowed

    def allows(self, scope: Any) -> bool:
        """Whether a request may come under the name that it names.

        A server that has learned no name yet (one of earlier versions, with log-in switched off ever since)
        takes every one: nobody is locked out by an update.
        """
        if not self._setting("disableAuth"):
            return True
        name = host_name(header(scope, b"host"))
        if is_out_of_reach(name):
            return True
        learned = known_hosts(self._setting(KNOWN_HOSTS))
        if not learned and not self._allowed:
            return True
        base = self._setting("primaryBaseURL")
        named = [host_name(base)] if isinstance(base, str) and base else []
        return is_known(name, [*self._allowed, *learned, *named])
