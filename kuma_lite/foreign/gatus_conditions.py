"""Conditions of Gatus (`[STATUS] == 200`) as options of monitors. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from kuma_lite.config_files.reading import escaped
from kuma_lite.core.sentences import said
from kuma_lite.foreign.values import seconds, whole

_FORM: Final = re.compile(r"^\s*(.+?)\s*(==|!=|<=|>=|<|>)\s*(.*?)\s*$", re.DOTALL)
_PLACE: Final = re.compile(r"^\[([A-Z_]+)\](.*)$", re.DOTALL)
_FUNCTION: Final = re.compile(r"^(len|has)\((.*)\)$", re.DOTALL)
_ANY: Final = re.compile(r"^any\((.*)\)$", re.DOTALL)
_PATTERN: Final = re.compile(r"^pat\((.*)\)$", re.DOTALL)
_PATH: Final = re.compile(
    r"^(?:[A-Za-z_][A-Za-z0-9_]*|\$\[\d+\])(?:\.[A-Za-z_][A-Za-z0-9_]*|\[\d+\])*$", re.ASCII
)
_LOWEST, _HIGHEST = 100, 599  # status codes
_ONE_BODY: Final = said("a monitor has one condition on the body")
_NO_EQUAL: Final = said("there is no such condition")
_HTTP: Final = frozenset({"http"})


@dataclass
class Conditions:
    """What conditions of one endpoint come to.

    Args:
        type: of the monitor; a condition on the body makes `http` one that reads the body.
        options: of the monitor.
        left_out: condition → why it has no equal.
        timeout: seconds after which the endpoint counts as too slow; None: nothing says so.
    """

    type: str
    options: dict[str, Any] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    timeout: float | None = None

    def take(self, condition: str) -> None:
        """Take one over, or note why not."""
        if reason := self._taken(condition):
            self.left_out.append((condition, reason))

    def finish(self) -> None:
        """Put together what several conditions say."""
        codes = self.options.pop("codes", None)
        if codes is not None:
            self.options["accepted"] = _ranges(codes)

    # --- inside ------------------------------------------------------------------------------------------

    def _taken(self, condition: str) -> str | None:
        """Why it has no equal; None: it was taken over."""
        match = _FORM.match(condition)
        if match is None:
            return said("it is not readable")
        left, operator, right = match.groups()
        function = _FUNCTION.match(left)
        place = _PLACE.match(function[2] if function else left)
        if place is None:
            return said("what it compares is not known")
        name, path = place.groups()
        if function and name != "BODY":
            return _NO_EQUAL
        match name:
            case "STATUS":
                return self._status(operator, right)
            case "BODY":
                return self._body(function[1] if function else "", path, operator, right)
            case "RESPONSE_TIME":
                return self._slow(operator, right)
            case "CERTIFICATE_EXPIRATION":
                return self._certificate(operator, right)
            case "CONNECTED":
                return None if (operator, right) == ("==", "true") else _NO_EQUAL
            case "DNS_RCODE":
                return None if (operator, right) == ("==", "NOERROR") and self.type == "dns" else _NO_EQUAL
            case "DOMAIN_EXPIRATION":
                return said("a monitor of the type “domain” watches this")
        return _NO_EQUAL

    def _status(self, operator: str, right: str) -> str | None:
        if self.type not in ("http", "keyword", "json-query"):
            return said("only HTTP has a status")
        listed = _ANY.match(right)
        numbers = [whole(part) for part in (listed[1].split(",") if listed else [right])]
        if None in numbers or (listed and operator not in ("==", "!=")):
            return said("it is not readable")
        first = numbers[0]
        assert first is not None
        known_operators: dict[str, Callable[[int], bool]] = {
            "==": lambda code: code in numbers,
            "!=": lambda code: code not in numbers,
            "<": lambda code: code < first,
            "<=": lambda code: code <= first,
            ">": lambda code: code > first,
            ">=": lambda code: code >= first,
        }
        fits = known_operators[operator]
        known = self.options.get("codes", range(_LOWEST, _HIGHEST + 1))
        codes = [code for code in known if fits(code)]
        if not codes:
            return said("no status fits")
        self.options["codes"] = codes
        return None

    def _body(self, function: str, path: str, operator: str, right: str) -> str | None:
        if self.type == "dns":
            return self._record(path, operator, right)
        if self.type in ("keyword", "json-query"):
            return _ONE_BODY
        if self.type not in _HTTP:
            return said("only bodies of HTTP are read")
        pattern, listed = _PATTERN.match(right), _ANY.match(right)
        if not path and not function and pattern:
            inner = pattern[1]
            plain = inner.strip("*")
            if operator not in ("==", "!=") or not plain or set(plain) & set("*?[\\"):
                return said("only patterns as pat(*text*) have an equal")
            if not (inner.startswith("*") and inner.endswith("*")):
                return said("only patterns as pat(*text*) have an equal")
            self.type = "keyword"
            self.options |= {"keyword": escaped(plain), "invert_keyword": operator == "!="}
            return None
        steps = f"${path}" if path.startswith("[") else path.removeprefix(".")
        if not steps or pattern or listed or not _PATH.match(steps):
            return _NO_EQUAL
        if function == "len":
            return said("lengths are written as JSONata here: $count(items) or $length(name)")
        if function == "has":
            if right not in ("true", "false") or operator != "==":
                return _NO_EQUAL
            steps, right = f"$exists({steps})", right
        self.type = "json-query"
        self.options |= {"path": steps, "operator": operator, "expected": escaped(right)}
        return None

    def _record(self, path: str, operator: str, right: str) -> str | None:
        words = {"==": "equals", "!=": "not_equals"}
        if path or operator not in words or _PATTERN.match(right) or _ANY.match(right):
            return said("only whole records are compared")
        entry = {
            "type": "expression",
            "andOr": "and",
            "variable": "record",
            "operator": words[operator],
            "value": escaped(right),
        }
        self.options.setdefault("conditions", []).append(entry)
        return None

    def _slow(self, operator: str, right: str) -> str | None:
        limit = seconds(right if not right.isdecimal() else f"{right}ms")
        if operator not in ("<", "<=") or not limit:
            return said("only upper limits have an equal")
        self.timeout = min(limit, self.timeout or limit)
        return None

    def _certificate(self, operator: str, right: str) -> str | None:
        limit = seconds(right)
        if operator not in (">", ">=") or limit is None:
            return said("only lower limits have an equal")
        if self.type == "tls":
            self.options["minimum_days"] = str(max(round(limit / 86_400), 1))
            return None
        if self.type in ("http", "keyword", "json-query"):
            self.options["expiry_notification"] = True
            return said("people are warned before it expires (Settings), and the monitor stays up")
        return _NO_EQUAL


def _ranges(codes: list[int]) -> list[str]:
    """`200-299`, `404`."""
    found: list[list[int]] = []
    for code in codes:
        if found and code == found[-1][1] + 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return [str(first) if first == last else f"{first}-{last}" for first, last in found]
