"""How services read what clients stored: numbers as text, empty text for "not set", objects for texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from kuma_lite.core.declarations import DeliveryFailed, Words
from kuma_lite.core.json_text import compact_json, text_of
from kuma_lite.core.options import Options
from kuma_lite.core.records import replace
from kuma_lite.notifications.services.kit.fields import select, template, when
from kuma_lite.notifications.services.support.styles import (
    DETAILED,
    STYLE_KEY,
    TEMPLATE,
    TEMPLATE_KEY,
    USUAL,
)
from kuma_lite.notifications.services.support.texts import BAD_HEADERS

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


class ServiceOptions(Options, populate_by_name=False):
    """Options of a service, by their keys on the wire only: a stored form also holds those of other types.

    Any JSON type is read as the declared one as far as that makes sense.
    """

    message_style: str = select(
        "Message Style",
        STYLE_KEY,
        USUAL,
        {USUAL: "As Uptime Kuma", DETAILED: "Detailed", TEMPLATE: "Template"},
        section="content",
        help="Detailed adds since when, for how long, address, group, tags and a link.",
    )
    message_template: str = template(
        "Message Template",
        TEMPLATE_KEY,
        required=True,
        placeholder="{{ status }} {{ name }}: {{ reason }}",
        help="A Liquid template.",
        shown_when=when(STYLE_KEY, TEMPLATE),
    )

    @classmethod
    def words(cls) -> dict[str, tuple[FieldInfo, Words]]:
        """What every service has comes last. One with templates of its own needs no other."""
        found = super().words()
        info, style = found.pop(STYLE_KEY)
        general = found.pop(TEMPLATE_KEY)
        if any(words.template for _, words in found.values()):
            choices = tuple(choice for choice in style.choices if choice.value != TEMPLATE)
            said = f"{style.help} A template of the service goes first."
            return {**found, STYLE_KEY: (info, replace(style, choices=choices, help=said))}
        return {**found, STYLE_KEY: (info, style), TEMPLATE_KEY: general}

    @classmethod
    def prepare(cls, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Texts stay texts whatever was stored; of the others, an empty text counts as nothing."""
        texts = _texts_of(cls)
        return {
            key: _as_text(value) if key in texts else value
            for key, value in document.items()
            if value is not None and (key in texts or not _is_blank(value))
        }


@cache  # there are as many as services
def _texts_of(options: type[Options]) -> frozenset[str]:
    """The keys whose values are texts."""
    fields = options.model_fields.items()
    return frozenset(info.alias or name for name, info in fields if info.annotation is str)


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
