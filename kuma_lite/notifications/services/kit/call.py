"""A request as a service describes it, and the answer it gets. Pure."""

from __future__ import annotations

import json
import random
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import msgspec
from msgspec import Struct

from kuma_lite.core.json_text import compact_json, text_of

JSON_TYPE: Final = "application/json"
FORM_TYPE: Final = "application/x-www-form-urlencoded"
TIMEOUT_S: Final = 15.0  # until the answer begins; services answer within seconds or not at all


class Exactly(Struct, frozen=True):
    """A value that is sent as it is, null and empty text included."""

    value: object


@dataclass(frozen=True)
class Call:
    """One request.

    Keys of `json` (at every depth), `form`, `parts`, `query` and `headers` whose value is None or "" are left
    out, as are None items of lists; what is wrapped in `Exactly` is not looked at.

    Args:
        url: where to; its own query stays.
        method: any case.
        json: body as JSON.
        form: body as a URL-encoded form.
        parts: body as multipart/form-data.
        body: body as it is, text or bytes; its type is a header.
        query: added to the query of `url`.
        headers: win over the generated ones, whatever their case.
        verify: False accepts every certificate.
        timeout: seconds until the answer begins.
    """

    url: str
    method: str = "POST"
    json: object = None
    form: Mapping[str, object] | None = None
    parts: Mapping[str, object] | None = None
    body: str | bytes | None = None
    query: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    verify: bool = True
    timeout: float = TIMEOUT_S

    @property
    def address(self) -> str:
        """The URL with the whole query, without a fragment; one that cannot be read is returned as it is."""
        added = _encoded(self.query)
        if not added:
            return self.url
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return self.url  # the request says what is wrong with it
        return parts._replace(query=f"{parts.query}&{added}" if parts.query else added, fragment="").geturl()

    def content(self) -> tuple[bytes | None, str]:
        """The body and its type; a type of "" is none, or that of a header."""
        if self.json is not None:
            return _json_bytes(given(self.json)), JSON_TYPE
        if self.form is not None:
            return _encoded(self.form).encode(), FORM_TYPE
        if self.parts is not None:
            return _multipart(self.parts)
        return self.body.encode("utf-8", "replace") if isinstance(self.body, str) else self.body, ""


class Answer:
    """What a service said."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        self.text = text

    @cached_property
    def json(self) -> Any:
        """The JSON value; None when it is none."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None

    def at(self, *path: str | int) -> Any:
        """What is found in the JSON by keys and positions; None where the path leads nowhere."""
        found = self.json
        for step in path:
            if isinstance(found, Mapping) and isinstance(step, str):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and -len(found) <= step < len(found):
                found = found[step]
            else:
                return None
        return found


def quoted(text: str) -> str:
    """Text as one part of a path."""
    return quote(text, safe="()!*", errors="replace")


def chance() -> float:
    """A number of [0, 1) that tells one request from the next; no secret."""
    return random.random()  # noqa: S311


def given(value: object) -> object:
    """The value without what was not given."""
    if isinstance(value, Exactly):
        return value.value
    if isinstance(value, Mapping):
        return {key: given(item) for key, item in value.items() if item is not None and item != ""}
    if isinstance(value, list | tuple):
        return [given(item) for item in value if item is not None]
    return value


def bearer(token: str) -> dict[str, str]:
    """The header of a token."""
    return {"Authorization": f"Bearer {token.strip()}"}


def basic(user: str, password: str) -> dict[str, str]:
    """The header of a name and a password."""
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode(errors='replace')).decode()}"}


def with_parameter(url: str, name: str, value: str) -> str:
    """The URL with one parameter of its query set, as browsers do it; what is no URL is returned as it is."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url  # the request says what is wrong with it
    had = parse_qsl(parts.query, keep_blank_values=True)
    fields = [(key, value if key == name else old) for key, old in had]
    added = [] if name in dict(had) else [(name, value)]
    query = urlencode([*fields, *added], safe="*", encoding="utf-8", errors="replace").replace("~", "%7E")
    return parts._replace(query=query).geturl()


def _texts(fields: Mapping[str, object]) -> dict[str, str]:
    found = given(fields)
    return {key: text_of(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _encoded(fields: Mapping[str, object]) -> str:
    return urlencode(_texts(fields), encoding="utf-8", errors="replace")


def _json_bytes(value: object) -> bytes:
    """As `compact_json` writes it, in a tenth of the time; half characters become `?`.

    Numbers with an exponent are written as JavaScript does (`1e-7`), and what is no number is null.
    """
    try:
        return msgspec.json.encode(value)
    except (UnicodeEncodeError, TypeError):
        return compact_json(value).encode("utf-8", "replace")


def _multipart(fields: Mapping[str, object]) -> tuple[bytes, str]:
    boundary = f"kuma-{secrets.token_hex(16)}"
    written = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in _texts(fields).items()
    )
    content = f"{written}--{boundary}--\r\n".encode("utf-8", "replace")
    return content, f"multipart/form-data; boundary={boundary}"
