"""JSON as clients of Uptime Kuma know it: its parser's sentences, and its way of writing values.

A user who mistypes a header sees the same sentence here as there, and a keyword or an expected value that
matched there matches here. Both come from the JavaScript runtime of Uptime Kuma 2.5.
"""

from __future__ import annotations

import json
from math import isinf, isnan
from typing import Any, Final, NoReturn

# Characters shown on each side of the offending one, when a text is too long to be shown whole.
_CONTEXT_CHARS: Final = 10
# From here on a JavaScript number has no exact neighbours and is written like the double it is.
_EXACT_INTEGERS: Final = 2**53
# Decimal exponents between which JavaScript writes a number without an exponent.
_PLAIN_FROM, _PLAIN_BELOW = -7, 21


class JsonTextError(ValueError):
    """A text is not JSON; the message is the sentence for the user."""


def parse_json(text: str) -> Any:
    """The value of a JSON text (RFC 8259: no NaN, no Infinity).

    Whole numbers stay `int` however they are written (`1.0`, `1e3`), as JavaScript knows but one kind.
    Raises JsonTextError.
    """
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise JsonTextError(_sentence(error.msg, text, error.pos)) from None
    except RecursionError:
        raise JsonTextError("The JSON is nested too deeply") from None
    except ValueError:  # an integer of thousands of digits, or NaN
        raise JsonTextError(f"{_excerpt(text, 0)} is not valid JSON") from None


def compact_json(value: Any) -> str:
    """The value without any white space, letters outside ASCII unescaped."""
    return _ENCODER.encode(value)


def text_of(value: Any) -> str:
    """A primitive as JavaScript makes text of it: `true`, `null`, `42`, `1e+21`, `0.00001`."""
    if isinstance(value, str):
        return str(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < _EXACT_INTEGERS else _float_text(_as_double(value))
    if isinstance(value, float):
        return _float_text(value)
    return str(value)


def _as_double(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _float_text(value: float) -> str:
    if isnan(value):
        return "NaN"
    if isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    # Python finds the same shortest digits as JavaScript, and only puts the point elsewhere.
    sign = "-" if value < 0 else ""
    mantissa, _, exponent_text = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = fraction.rstrip("0")
    digits = (whole + fraction).lstrip("0")
    exponent = int(exponent_text or 0) + len(whole) - 1
    if whole == "0":
        exponent -= len(fraction) - len(digits) + 1
    digits = digits.rstrip("0") or "0"
    return sign + _placed(digits, exponent)


def _placed(digits: str, exponent: int) -> str:
    """`d.ddd × 10^exponent`, written out."""
    if not _PLAIN_FROM < exponent < _PLAIN_BELOW:
        point = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{digits[0]}{point}e{exponent:+d}"
    if exponent < 0:
        return f"0.{'0' * (-exponent - 1)}{digits}"
    if len(digits) <= exponent + 1:
        return digits + "0" * (exponent + 1 - len(digits))
    return f"{digits[: exponent + 1]}.{digits[exponent + 1 :]}"


def _number(text: str) -> float | int:
    value = float(text)
    return int(value) if abs(value) < _EXACT_INTEGERS and value.is_integer() else value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
_DECODER: Final = json.JSONDecoder(parse_float=_number, parse_constant=_refuse_constant)


# --- Sentences ---------------------------------------------------------------------------------------------


def _sentence(message: str, text: str, position: int) -> str:
    """The runtime's sentence for the parser error `message` at `position`."""
    if message == "Expecting value":
        return _unexpected_value(text, position)
    if message.startswith("Unterminated string"):
        return f"Unterminated string in JSON at position {len(text)}"
    if message.startswith("Invalid \\uXXXX"):
        return f"Bad Unicode escape in JSON at position {position}"
    if message.startswith("Expecting property name"):
        return f"{_expected_name(text, position)} in JSON at position {position}"
    if message.startswith("Expecting ','"):
        return _expected_separator(text, position)
    if message.startswith("Unexpected UTF-8 BOM"):
        return f"Unexpected token '\ufeff', {_excerpt(text, 0)} is not valid JSON"
    if message.startswith("Invalid \\escape"):
        return f"Bad escaped character in JSON at position {position + 1}"
    for start, words in _OTHERS:
        if message.startswith(start):
            return f"{words} in JSON at position {position}"
    if message == "Extra data":
        return f"Unexpected non-whitespace character after JSON at position {position}"
    return f"{message} at position {position}"


_OTHERS: Final = (
    ("Expecting ':'", "Expected ':' after property name"),
    ("Invalid control character", "Bad control character in string literal"),
    ("Illegal trailing comma", "Expected double-quoted property name"),  # Python 3.13 and later
)


def _expected_name(text: str, position: int) -> str:
    if text[:position].rstrip().endswith("{"):
        return "Expected property name or '}'"
    return "Expected double-quoted property name"


def _expected_separator(text: str, position: int) -> str:
    words = "'}' after property value" if _innermost(text[:position]) == "{" else "']' after array element"
    return f"Expected ',' or {words} in JSON at position {position}"


def _innermost(text: str) -> str:
    """The bracket that is still open at the end of a text which was valid JSON so far."""
    opened: list[str] = []
    in_string = escaped = False
    for letter in text:
        if in_string:
            in_string = escaped or letter != '"'
            escaped = letter == "\\" and not escaped
        elif letter == '"':
            in_string = True
        elif letter in "{[":
            opened.append(letter)
        elif letter in "}]" and opened:
            opened.pop()
    return opened[-1] if opened else ""


def _unexpected_value(text: str, position: int) -> str:
    rest = text[position:]
    for literal in ("true", "false", "null"):
        if rest[:1] == literal[0]:
            matching = next(
                (i for i, letter in enumerate(literal) if rest[i : i + 1] != letter), len(literal)
            )
            position += matching
            break
    if position >= len(text):
        return "Unexpected end of JSON input"
    if text[position] == "-":
        return f"No number after minus sign in JSON at position {position + 1}"
    return f"Unexpected token '{text[position]}', {_excerpt(text, position)} is not valid JSON"


def _excerpt(text: str, position: int) -> str:
    """The text around `position` in quotation marks, with dots where something is left out."""
    if len(text) <= 2 * _CONTEXT_CHARS:
        return f'"{text}"'
    start = max(0, position - _CONTEXT_CHARS)
    end = min(len(text), position + _CONTEXT_CHARS)
    before = "..." if start > 0 else ""
    after = "..." if end < len(text) else ""
    return f'{before}"{text[start:end]}"{after}'
