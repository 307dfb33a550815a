"""The parameters of a badge: where one may be given twice, and where it may not."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.badges.numbers import parse_float, parse_int

MAX_PARAMETERS: Final = 100  # of one address; a badge knows some fifteen


class Query:
    """The query part of an address. A parameter without value is the empty text, not an absent one."""

    def __init__(self, text: str) -> None:
        try:
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
        except ValueError:
            raise UserError("There are too many parameters.", status=403) from None
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, default: str = "") -> str:
        """A part of a text; one given several times is joined with commas."""
        return ",".join(self._values[name]) if name in self._values else default

    def single(self, name: str, field: str, default: str | None = None) -> str | None:
        """What must be given once at most; `field` is what it is for. Raises UserError (HTTP 403)."""
        values = self._values.get(name)
        if values is None:
            return default
        if len(values) > 1:
            raise UserError("Field `{field}` must be of type string", field=field, status=403)
        return values[0]

    def integer(self, name: str) -> int | None:
        """The whole number a parameter begins with; None for anything else."""
        return parse_int(self._values[name][0]) if name in self._values else None

    def number(self, name: str) -> float | None:
        """The number a parameter begins with; None for anything else."""
        return parse_float(self._values[name][0]) if name in self._values else None
