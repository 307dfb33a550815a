"""What clients send to save a page: read as a whole, before anything is written.

Lenient where Uptime Kuma 2.5 is (`core.wire_values`); what it would store and nobody could use is refused.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core import wire_values
from kuma_lite.core.errors import UserError
from kuma_lite.core.patterns import pattern
from kuma_lite.core.records import replace
from kuma_lite.status_pages.component_model import Component, Rule
from kuma_lite.status_pages.model import Member, Page
from kuma_lite.status_pages.rules import read_slug
from kuma_lite.status_pages.store import NewGroup

ANALYTICS: Final = ("google", "umami", "plausible", "matomo", "rybbit")
THEMES: Final = ("auto", "light", "dark")
MAX_TITLE_CHARS: Final = 10_000  # of headings and single words; Uptime Kuma on SQLite has no limit
MAX_REFRESH_S: Final = 2**31 - 1  # seconds; as many as a browser can wait
MAX_GROUPS: Final = 1_000
MAX_MEMBERS: Final = 20_000  # of all groups; twice the monitors one server is built for
MAX_COMPONENTS: Final = 300  # of a group
MAX_COMBINED: Final = 500  # monitors of a component
DEFAULT_SHARE: Final = 50  # percent
MAX_INCIDENT_MINUTES: Final = 1_440  # of an outage, before an incident begins by itself
MAX_LOGO_BYTES: Final = 700_000  # as a data URL it just fits into one Socket.IO message

MAX_HOST_CHARS: Final = 253  # DNS

_HOST_NAME: Final = pattern(
    r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_DATA_URL: Final = "data:"
_PNG_URL: Final = "data:image/png;base64,"
_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_ONLY_PNG: Final = "Only allowed PNG logo."

# How each key of `config` is read: absent keys keep what is stored, null clears.
_TEXTS: Final = {
    "description": "description",
    "customCSS": "custom_css",
    "footerText": "footer_text",
    "analyticsId": "analytics_id",
    "analyticsScriptUrl": "analytics_script_url",
    "rssTitle": "rss_title",
    "autoIncidentText": "auto_incident_text",
}
_FLAGS: Final = {
    "showTags": "show_tags",
    "showPoweredBy": "show_powered_by",
    "showCertificateExpiry": "show_certificate_expiry",
    "showOnlyLastHeartbeat": "show_only_last_heartbeat",
    "showResponseTimes": "show_response_times",
}


class Logo(Struct, frozen=True):
    """The picture of a page: an address, or an uploaded file."""

    address: str
    png: bytes | None = None


def read_page(page: Page, config: Any) -> Page:
    """The page with what `config` says. Raises UserError."""
    if not isinstance(config, Mapping):
        raise UserError("The configuration must be an object.")
    changes: dict[str, Any] = {
        "slug": read_slug(config.get("slug")),
        "analytics_type": _analytics(config),
        "domains": _domains(config.get("domainNameList")),
    }
    _read_each(config, _TEXTS, _text, changes)
    _read_each(config, _FLAGS, _flag, changes)
    _read_each(config, {"title": "title"}, _title, changes)
    _read_each(config, {"theme": "theme"}, _title, changes)  # one that no page knows looks like `auto`
    _read_each(config, {"autoRefreshInterval": "auto_refresh_interval"}, _refresh, changes)
    _read_each(config, {"autoIncidentMinutes": "auto_incident_minutes"}, _minutes, changes)
    return replace(page, **changes)


def read_edited(page: Page, config: Any) -> Page:
    """The same for our own editor, which is told of what would store something that nobody can use.

    Raises:
        UserError: with the `field` that is wrong.
    """
    edited = read_page(page, config)
    if not edited.title.strip():
        raise _bad("title", "The title is missing.")
    if edited.theme not in THEMES:
        raise _bad("theme", "There is no such theme.")
    if edited.auto_refresh_interval < 0:
        raise _bad("autoRefreshInterval", "The refresh interval cannot be negative.")
    for domain in edited.domains:
        if not _HOST_NAME.fullmatch(domain) or len(domain) > MAX_HOST_CHARS:
            raise _bad("domainNameList", "{domain} is no host name.", domain=domain)
    published = config.get("published", page.published)
    return replace(edited, title=edited.title.strip(), published=wire_values.flag(published))


def read_title(value: Any) -> str:
    """The title of a page. Raises UserError."""
    return _title("title", value)


def read_new(slug: Any, title: Any) -> tuple[str, str]:
    """Slug and title of a new page. Raises UserError."""
    if not title or not slug:
        raise UserError("Please input all fields", about="title" if slug else "slug")
    return read_slug(slug), read_title(title).strip()


def read_logo(value: Any) -> Logo:
    """The third argument of `saveStatusPage`. Raises UserError."""
    if not isinstance(value, str):
        raise _bad_logo("The logo must be an address or a picture.")
    if not value.startswith(_DATA_URL):
        return Logo(value)
    if not value.startswith(_PNG_URL):
        raise _bad_logo(_ONLY_PNG)
    if len(value) > len(_PNG_URL) + MAX_LOGO_BYTES * 4 // 3 + 4:
        raise _bad_logo("The logo may have at most {most} kB.", most=MAX_LOGO_BYTES // 1000)
    try:
        png = base64.b64decode(value[len(_PNG_URL) :], validate=True)
    except (binascii.Error, ValueError):
        raise _bad_logo(_ONLY_PNG) from None
    if not png.startswith(_PNG_SIGNATURE):
        raise _bad_logo(_ONLY_PNG)
    return Logo("", png)


def _bad_logo(sentence: str, **arguments: Any) -> UserError:
    return _bad("logo", sentence, **arguments)


def _bad(field: str, sentence: str, **arguments: Any) -> UserError:
    """What is wrong, and where an editor shows it."""
    return UserError(sentence, extra={"field": field}, **arguments)


def read_groups(value: Any) -> list[NewGroup]:
    """The groups of a page in their order. Raises UserError."""
    if not isinstance(value, list):
        raise _bad("groups", "The groups must be a list.")
    if len(value) > MAX_GROUPS:
        raise _bad("groups", "A page has at most {most} groups.", most=MAX_GROUPS)
    groups = [_group(item) for item in value]
    if sum(len(group.members) for group in groups) > MAX_MEMBERS:
        raise _bad("groups", "A page shows at most {most} monitors.", most=MAX_MEMBERS)
    return groups


def _group(item: Any) -> NewGroup:
    name = wire_values.text(item.get("name")) if isinstance(item, Mapping) else None
    if name is None:
        raise _bad("groups", "Each group must have a name.")
    monitors = item.get("monitorList")
    if not isinstance(monitors, list):
        raise _bad("groups", "Each group must have a list of monitors.")
    sent = item.get("id")
    group_id = _id(sent) if sent else None  # as there: whatever counts as false is a new one
    members = tuple(_member(monitor) for monitor in monitors)
    return NewGroup(group_id, name, members, _components(item.get("components")))


def _components(value: Any) -> tuple[Component, ...] | None:
    """Those of a group; None where a client knows nothing of them."""
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > MAX_COMPONENTS:
        raise _bad("groups", "The components of a group are a list of at most {most}.", most=MAX_COMPONENTS)
    return tuple(_component(item) for item in value)


def _component(item: Any) -> Component:
    name = wire_values.text(item.get("name")) if isinstance(item, Mapping) else None
    if name is None or not name.strip() or len(name) > MAX_TITLE_CHARS:
        raise _bad("groups", "Each component must have a name.")
    rule, share, monitors = item.get("rule", Rule.ALL), item.get("share", DEFAULT_SHARE), item.get("monitors")
    if rule not in list(Rule):
        raise _bad("groups", "The rule of a component is all, any or share.")
    percent = wire_values.whole(share)
    if percent is None or not 1 <= percent <= 100:
        raise _bad("groups", "The share of a component is a whole number from 1 to 100.")
    if not isinstance(monitors, list) or len(monitors) > MAX_COMBINED:
        raise _bad("groups", "A component combines at most {most} monitors.", most=MAX_COMBINED)
    numbers = tuple(dict.fromkeys(_id(number) for number in monitors))
    return Component(wire_values.identifier(item.get("id")) or 0, name.strip(), Rule(rule), percent, numbers)


def _member(item: Any) -> Member:
    if not isinstance(item, Mapping):
        raise _bad("groups", "Each monitor must be an object with an id.")
    url = _text("url", item.get("url"))
    return Member(
        _id(item.get("id")),
        wire_values.flag(item.get("sendUrl")),
        url,
        _as_the_page(item.get("showCertificate")),
        _as_the_page(item.get("showTags")),
        wire_values.flag(item.get("showPing")),
    )


def _as_the_page(value: Any) -> bool | None:
    return None if value is None else wire_values.flag(value)


def _id(value: Any) -> int:
    number = wire_values.identifier(value)
    if number is None:
        raise _bad("groups", "An id must be a whole number.")
    return number


# --- Single keys -------------------------------------------------------------------------------------------


def _read_each(
    config: Mapping[str, Any],
    keys: Mapping[str, str],
    read: Callable[[str, Any], Any],
    changes: dict[str, Any],
) -> None:
    changes.update({name: read(key, config[key]) for key, name in keys.items() if key in config})


def _text(key: str, value: Any) -> str | None:
    text = wire_values.text(value)
    if text is None and value is not None:
        raise _bad(key, "{key} must be a text.", key=key)
    return text


def _flag(_key: str, value: Any) -> bool:
    return wire_values.flag(value)


def _title(key: str, value: Any) -> str:
    text = wire_values.text(value)
    if text is None or len(text) > MAX_TITLE_CHARS:
        raise _bad(
            key, "The {key} must be a text of at most {most} characters.", key=key, most=MAX_TITLE_CHARS
        )
    return text


def _refresh(key: str, value: Any) -> int:
    seconds = wire_values.number(value)
    if seconds is None or abs(seconds) > MAX_REFRESH_S:
        raise _bad(
            key, "The refresh interval must be a number of at most {most} seconds.", most=MAX_REFRESH_S
        )
    return int(seconds)


def _minutes(key: str, value: Any) -> int:
    minutes = wire_values.whole(value or 0)
    if minutes is None or not 0 <= minutes <= MAX_INCIDENT_MINUTES:
        raise _bad(key, "Incidents begin after 1 to {most} minutes, or (0) never.", most=MAX_INCIDENT_MINUTES)
    return minutes


def _analytics(config: Mapping[str, Any]) -> str | None:
    kind = config.get("analyticsType", "")
    if kind is not None and kind not in ANALYTICS:
        raise _bad("analyticsType", "Invalid analytics type")
    return None if kind is None else str(kind)


def _domains(value: Any) -> tuple[str, ...]:
    """Host names, blank ones and repetitions left out."""
    if not isinstance(value, list):
        raise _bad("domainNameList", "Invalid array")
    if not all(isinstance(domain, str) for domain in value):
        raise _bad("domainNameList", "Invalid domain")
    named = {domain.strip().lower(): domain.strip() for domain in value if domain.strip()}
    return tuple(named.values())
