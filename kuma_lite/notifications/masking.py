"""Secrets that stay on the server.

Compatible clients get every option, as they always did. Our own page gets a mark in place of a secret; sent
back unchanged it means "keep what is stored". Texts for people hide them.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from kuma_lite.core.declarations import NotificationService
from kuma_lite.core.kept_secrets import KEEP
from kuma_lite.core.redaction import Redactor, hide_secrets
from kuma_lite.notifications.fields import secret_keys
from kuma_lite.notifications.model import COMMON_KEYS, Config

LOGIN_CHARS: Final = 200  # of a name that somebody logs in with
_KEPT: Final = 128  # channels whose secrets are remembered in the form in which they are looked for
MIN_SECRET_CHARS: Final = 4  # of those of the channel itself, which its answers are likely to repeat


def masked(config: Config, service: NotificationService[Any] | None) -> dict[str, Any]:
    """The stored form without secrets.

    Only what the type declares as no secret is shown: keys left over from another type, and all keys of a
    type that nothing declares, may be credentials.
    """
    shown = set(COMMON_KEYS)
    if service is not None:
        shown |= set(service.options.words()) - secret_keys(service)
    return {
        key: value if key in shown or value in (None, "") or isinstance(value, bool) else KEEP
        for key, value in config.items()
    }


def hiding(config: Config, secrets: tuple[str, ...]) -> Callable[[str], str]:
    """Makes texts for people, without the secrets of a channel, nor those of any other."""
    if not secrets:
        return hide_secrets
    own = _own(secrets, _names(config))
    return lambda text: hide_secrets(own.hide(text))


@lru_cache(maxsize=_KEPT)
def _own(secrets: tuple[str, ...], names: frozenset[str]) -> Redactor:
    """Knows the secrets of one channel, which each of its answers is searched for."""
    own = Redactor(MIN_SECRET_CHARS)
    own.remember("as they are", secrets)
    own.remember("as Basic sends them", _logins(names, secrets))
    return own


def _names(config: Config) -> frozenset[str]:
    """What may be the name that somebody logs in with."""
    return frozenset(text.strip() for text in map(str, config.values()) if len(text) <= LOGIN_CHARS)


def _logins(names: Iterable[str], secrets: Sequence[str]) -> Iterator[str]:
    """What an `Authorization: Basic` may hold: each secret as the password of whatever else is stored."""
    pairs = {(user, secret.strip()) for secret in secrets for user in names}
    for secret in secrets:
        with suppress(ValueError):
            parts = urlsplit(secret)
            pairs.add((unquote(parts.username or ""), unquote(parts.password or "")))
    for user, password in pairs:
        if password:
            yield b64encode(f"{user}:{password}".encode(errors="replace")).decode()
