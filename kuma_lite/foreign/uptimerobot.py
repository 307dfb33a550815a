"""UptimeRobot: its API's list of monitors (version 2 or 3) as JSON, or the CSV of its page. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kuma_lite.core.sentences import said
from kuma_lite.foreign.model import MONITORS, Converted
from kuma_lite.foreign.values import listing, mapping, raw_text, text, whole, with_space

NAME: Final = "UptimeRobot"
_INTERVAL_S: Final = 300
_TYPES: Final = {
    "1": "http", "http": "http", "https": "http", "http(s)": "http",
    "2": "keyword", "keyword": "keyword",
    "3": "ping", "ping": "ping",
    "4": "port", "port": "port",
    "5": "push", "heartbeat": "push",
}  # fmt: skip
_PORTS: Final = {"1": 80, "2": 443, "3": 21, "4": 25, "5": 110, "6": 143}  # by sub_type
_METHODS: Final = {
    "1": "HEAD",
    "2": "GET",
    "3": "POST",
    "4": "PUT",
    "5": "PATCH",
    "6": "DELETE",
    "7": "OPTIONS",
}
_PAUSED: Final = frozenset({"0", "paused"})
# What a value is called elsewhere, letters and digits alone.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("friendlyname", "name", "monitorname"),
    "url": ("url", "urlip", "urlorip", "urliphost", "host"),
    "type": ("type", "monitortype"),
    "sub_type": ("subtype",),
    "port": ("port",),
    "keyword": ("keywordvalue", "keyword"),
    "keyword_type": ("keywordtype",),
    "interval": ("interval", "monitoringinterval"),
    "timeout": ("timeout",),
    "status": ("status",),
    "user": ("httpusername", "username"),
    "password": ("httppassword", "password"),
    "method": ("httpmethod", "httpmethodtype", "method"),
    "headers": ("customhttpheaders", "headers"),
    "tags": ("tags", "tagnames"),
    "grace": ("graceperiod",),
}
_LETTERS: Final = re.compile(r"[^a-z0-9]")


def recognised(value: Any) -> bool:
    """Whether a parsed file is a list of monitors."""
    return any("friendlyname" in _plain(mapping(row)) for row in _rows(value))


def is_header(columns: Sequence[str]) -> bool:
    """Whether these are the columns of its CSV."""
    known = {_word(column) for column in columns}
    return bool(known & {"friendlyname", "monitorname"}) and bool(known & set(_NAMES["url"]))


def convert(value: Any) -> Converted:
    """Every monitor that has an equal."""
    return convert_rows([mapping(row) for row in _rows(value)])


def convert_rows(rows: Sequence[Mapping[str, Any]]) -> Converted:
    """The same for the rows of a CSV."""
    found = Converted(NAME)
    for row in rows:
        _monitor(_plain(row), found)
    if any(one.get("type") == "push" for one in found.documents.get(MONITORS, {}).values()):
        found.omit("heartbeat URLs", "", said("jobs have to call the addresses that their monitors show"))
    return found


def _rows(value: Any) -> list[Any]:
    root = mapping(value)
    return listing(root.get("monitors")) or listing(root.get("data")) or listing(value)


def _word(name: Any) -> str:
    return _LETTERS.sub("", raw_text(name).lower())


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {_word(key): value for key, value in row.items()}


def _monitor(row: Mapping[str, Any], found: Converted) -> None:
    def of(name: str) -> Any:
        return next((row[one] for one in _NAMES[name] if row.get(one) not in (None, "")), None)

    address = text(of("url")).strip()
    name = with_space(of("name")) or with_space(address)
    where = f"monitor “{name}”"
    given = raw_text(of("type")).strip().lower()
    kind = _TYPES.get(given)
    if kind is None:
        found.omit(where, f"type {given}", said("there is no equal type of monitor"))
        return
    options = _target(kind, address, of)
    if options is None:
        found.omit(where, address, said("its address is not complete"))
        return
    document = {
        "type": kind,
        "interval": max(whole(of("interval")) or _INTERVAL_S, 1),
        "active": False if raw_text(of("status")).strip().lower() in _PAUSED else None,
        **options,
        "tags": found.tags(_tags(of("tags"))),
    }
    found.add(MONITORS, name, document)
    for key in ("alertcontacts", "mwindows", "maintenancewindows", "alertcontactids"):
        if row.get(key):
            found.omit(where, key, said("it is only a number there"))


def _tags(value: Any) -> dict[str, str]:
    names = value if isinstance(value, list) else raw_text(value).split(",")
    words = [raw_text(mapping(one).get("name", one if not isinstance(one, Mapping) else "")) for one in names]
    return {word.strip(): "" for word in words if word.strip()}


def _target(kind: str, address: str, of: Any) -> dict[str, Any] | None:
    if kind == "push":
        grace = whole(of("grace"))
        return {"max_retries": 1, "retry_interval": grace} if grace else {}
    if not address:
        return None
    if kind in ("ping", "port"):
        host = address.partition("://")[2] or address
        host = host.partition("/")[0]
        if kind == "ping":
            return {"hostname": host}
        port = whole(of("port")) or _PORTS.get(raw_text(of("sub_type")))
        return {"hostname": host, "port": port} if port else None
    url = address if "://" in address else f"http://{address}"
    method = raw_text(of("method")).strip().upper()
    method = _METHODS.get(method, method if method.isalpha() else "")
    headers = of("headers")
    found: dict[str, Any] = {
        "url": url,
        "timeout": whole(of("timeout")),
        "method": method if method not in ("", "GET") else None,
    }
    if isinstance(headers, Mapping) and headers:
        found["headers"] = json.dumps({text(key): text(one) for key, one in headers.items()})
    if user := text(of("user")):
        found |= {"auth_method": "basic", "basic_user": user, "basic_pass": text(of("password"))}
    if kind == "keyword":
        word = text(of("keyword"))
        if not word:
            return None
        # It alerts when the keyword exists (1), or when it does not (2).
        exists = _word(of("keyword_type")) in ("1", "exists", "alertexists", "alertifexists")
        found |= {"keyword": word, "invert_keyword": exists, "method": None}
    return found
