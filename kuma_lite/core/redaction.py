"""Secrets that this process knows by their values, and texts without them.

Whoever stores something with options declared `secret` says so here; logs and texts for people are searched
for the values, whatever service they belong to and however they got there.

    remember_secrets(("notification", 7), secrets_of(service, config))
    hide_secrets("POST https://chat.example/hooks/k3y-9: refused")  # POST https://chat.example***: refused
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol

from kuma_lite.core.json_text import text_of
from kuma_lite.core.secret_forms import forms

if TYPE_CHECKING:
    from kuma_lite.core.options import Options

HIDDEN: Final = "***"
SHORTEST: Final = 6  # characters; hiding shorter values would make every text unreadable
_KEPT: Final = 256  # owners whose secrets are remembered in the form in which they are looked for
# Passwords that are words of our own lines: hiding them would tell that they are passwords.
COMMON: Final = frozenset({
    "default", "error", "example", "failed", "http://", "https://", "kuma-lite", "localhost", "message",
    "monitor", "monitors", "nobody", "notification", "notifications", "password", "private", "public",
    "request", "secret", "server", "service", "status", "system", "telegram", "timeout", "unknown",
    "uptime", "uptimekuma", "username", "warning", "webhook",
})  # fmt: skip


class HasOptions(Protocol):
    """A monitor type or a notification service."""

    @property
    def options(self) -> type[Options]:
        """Its options."""


class Redactor:
    """Knows secrets by their owners. Searching takes as long for ten thousand of them as for one.

    Every value is found by its last characters, where tokens differ even of services that share an address; a
    text costs one look-up per character.

    Args:
        shortest: characters; shorter values are not hidden.
    """

    def __init__(self, shortest: int = SHORTEST) -> None:
        self._chars = shortest
        self._owned: dict[Hashable, frozenset[str]] = {}
        self._uses: Counter[str] = Counter()
        self._by_end: dict[str, tuple[str, ...]] = {}  # longest first; tuples, as other threads read them
        self._lock = Lock()

    def remember(self, owner: Hashable, values: Iterable[str]) -> None:
        """These are the secrets of `owner` from now on."""
        new = _searched(tuple(values), self._chars)
        if not new and owner not in self._owned:
            return
        with self._lock:
            old = self._owned.pop(owner, frozenset())
            if new:
                self._owned[owner] = new
            for form in new - old:
                self._uses[form] += 1
                if self._uses[form] == 1:
                    end = form[-self._chars :]
                    known = (*self._by_end.get(end, ()), form)
                    self._by_end[end] = tuple(sorted(known, key=len, reverse=True))
            for form in old - new:
                self._drop(form)

    def forget(self, owner: Hashable) -> None:
        """`owner` is gone."""
        self.remember(owner, ())

    def hide(self, text: str) -> str:
        """The text without the secrets."""
        by_end, chars = self._by_end, self._chars
        if not by_end or len(text) < chars:
            return text
        ends = [place for place in range(chars, len(text) + 1) if text[place - chars : place] in by_end]
        shown: list[str] = []  # from the end
        done = len(text)
        for place in reversed(ends):
            for form in by_end.get(text[place - chars : place], ()) if place <= done else ():
                if text.endswith(form, 0, place):
                    shown += (text[place:done], HIDDEN)
                    done = place - len(form)
                    break
        return "".join((text[:done], *reversed(shown))) if shown else text

    def _drop(self, form: str) -> None:
        self._uses[form] -= 1
        if self._uses[form]:
            return
        del self._uses[form]
        end = form[-self._chars :]
        left = tuple(other for other in self._by_end[end] if other != form)
        if left:
            self._by_end[end] = left
        else:
            del self._by_end[end]


@lru_cache(maxsize=_KEPT)
def _searched(values: tuple[str, ...], shortest: int) -> frozenset[str]:
    """What is looked for of some secrets: each alert asks for those of its channel."""
    found = (form for value in values for form in forms(value))
    return frozenset(form for form in found if len(form) >= shortest and form.lower() not in COMMON)


_KNOWN: Final = Redactor()
remember_secrets: Final = _KNOWN.remember
forget_secrets: Final = _KNOWN.forget
hide_secrets: Final = _KNOWN.hide


def secrets_of(kind: HasOptions, document: Mapping[str, Any]) -> list[str]:
    """The values of the options that a kind declares secret."""
    keys = _secret_keys(kind.options)
    return [text for key in document if key in keys for text in _texts(document[key])]


@cache
def _secret_keys(options: type[Options]) -> frozenset[str]:
    """Looked up once for each kind: thousands of monitors ask at the start."""
    return frozenset(key for key, (_, words) in options.words().items() if words.secret)


def _texts(value: Any) -> Iterator[str]:
    """The texts of a value: itself, and what is in it when it is JSON (additional headers)."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        if not value.lstrip().startswith(("{", "[")):
            yield value
            return
        try:
            yield from _texts(json.loads(value))
        except (ValueError, RecursionError):  # people may store whatever they like
            yield value
    elif value is not None and not isinstance(value, bool):
        yield text_of(value)
