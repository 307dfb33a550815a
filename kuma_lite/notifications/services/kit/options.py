"""How services read what clients stored: numbers as text, empty text for "not set", objects for texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kuma_lite.core.declarations import DeliveryFailed
from kuma_lite.core.json_text import compact_json, text_of
from kuma_lite.core.options import Options
from kuma_lite.notifications.services.support.texts import BAD_HEADERS


class ServiceOptions(Options, populate_by_name=False):
    """Options of a service, by their keys on the wire only: a stored form also holds those of other types.

    Any JSON type is read as the declared one as far as that makes sense.
    """

    @classmethod
    def prepare(cls, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Texts stay texts whatever was stored; of the others, an empty text counts as nothing."""
        texts = {info.alias or name for name, info in cls.model_fields.items() if info.annotation is str}
        return {
            key: _as_text(value) if key in texts else value
            for key, value in document.items()
            if value is not None and (key in texts or not _is_blank(value))
        }


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return compact_json(value) if isinstance(value, dict | list) else text_of(value)


def additional_headers(text: str) -> dict[str, str]:
    """Header fields of a JSON object text. Raises DeliveryFailed."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        raise DeliveryFailed(BAD_HEADERS, permanent=True) from None
    if not isinstance(found, dict):
        raise DeliveryFailed(BAD_HEADERS, permanent=True)
    return {str(name): _one_line(_as_text(value)) for name, value in found.items() if value is not None}


def _one_line(text: str) -> str:
    return " ".join(text.splitlines()).strip()
