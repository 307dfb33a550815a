"""Texts as SMS carry them. Pure."""

from __future__ import annotations

from typing import Final

from kuma_lite.notifications.services.support.limits import Unit, limited

# What every carrier sends in the 7-bit alphabet of GSM; one other character makes all of an SMS UTF-16.
_GSM_SAFE: Final = frozenset(map(chr, range(0x20, 0x7F))) - {"`"} | {"\n", "\r"}
_SIGNS: Final = ("🔴 ", "✅ ")  # before the state of a monitor


def ascii_only(text: str) -> str:
    """The text without characters that are not ASCII: cheaper, and all that some gateways take."""
    return text.encode("ascii", "ignore").decode()


def without_signs(text: str) -> str:
    """The text without the emoji before "Down" and "Up"."""
    for sign in _SIGNS:
        text = text.replace(sign, "")
    return text


def fitted(text: str, septets: int, units: int) -> str:
    """What fits of a text: so many septets of GSM, or units of UTF-16 where it has other characters."""
    if set(text) <= _GSM_SAFE:
        return limited(text, septets, Unit.SEPTETS, end="...")
    return limited(text, units, Unit.UTF16)
