"""Under which names people register domains: the ICANN part of the public suffix list, from a vendored copy.

`public_suffixes.txt` has a line per top-level domain with its rules; only the lines that are asked for
are ever read further, so that a server that watches no domain pays nothing for the list.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from importlib.resources import files
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from kuma_lite.core.patterns import pattern
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http.url import host_to_ascii

_LABEL: Final = pattern(r"^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$")
_SCHEME: Final = pattern(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HOSTS_KEPT: Final = 4096  # as many monitors look theirs up with every beat


class Registration(Struct, frozen=True):
    """What a host belongs to."""

    suffix: str | None  # that cannot be registered; None for an address
    domain: str | None  # registered, or to be; None where the host is a suffix itself, or no public name

    @property
    def tld(self) -> str:
        """The label whose registry knows the domain."""
        return (self.suffix or "").rpartition(".")[2]


def host_of(target: str) -> str:
    """The host in a URL, in `host:port`, or alone; "" for none."""
    target = target.strip()
    address = target if _SCHEME.match(target) else f"//{target}"
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return host.rstrip(".").lower()


@lru_cache(_HOSTS_KEPT)
def registration_of(host: str) -> Registration:
    """Suffix and domain of a host as `host_of` gives it; names in other scripts become ASCII."""
    if _is_address(host):
        return Registration(None, None)
    try:
        labels = host_to_ascii(host).split(".")
    except NetworkError:
        labels = host.split(".")
    rules = _rules(labels[-1])
    if rules is None or not all(map(_LABEL.match, labels)):
        return Registration(labels[-1], None)
    length = _suffix_length(labels, rules)
    suffix = ".".join(labels[-length:])
    return Registration(suffix, ".".join(labels[-length - 1 :]) if len(labels) > length else None)


def _suffix_length(labels: list[str], rules: frozenset[str]) -> int:
    """Labels of the longest rule that fits; an exception wins over all."""
    below = labels[:-1]
    longest = 1
    for start in range(len(below)):
        name = ".".join(below[start:])
        length = len(below) - start + 1
        if "!" + name in rules:
            return length - 1
        if name in rules or ".".join(["*", *below[start + 1 :]]) in rules:
            longest = max(longest, length)
    return longest


@lru_cache(256)
def _rules(tld: str) -> frozenset[str] | None:
    """The rules below a top-level domain; None for one that ICANN does not know."""
    if not _LABEL.match(tld):
        return None
    match = re.search(rf"^{re.escape(tld)}(?: (.*))?$", _text(), re.MULTILINE)
    return frozenset((match[1] or "").split()) if match else None


@lru_cache(1)
def _text() -> str:
    return files("kuma_lite.net").joinpath("public_suffixes.txt").read_text("utf-8")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
