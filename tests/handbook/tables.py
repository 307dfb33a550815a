"""Tables of what is declared, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from kuma_lite.core.options import Options
from kuma_lite.notifications.services.support.variables import HELP as VARIABLES

HEAD: Final = "| field | key | kind | required | default | remarks |\n| --- | --- | --- | --- | --- | --- |"


def field_table(options: type[Options], leave_out: Collection[str] = ()) -> Iterator[str]:
    """Every option of a form, by its key on the wire; `leave_out`: keys."""
    fields = [field for field in options.describe() if field["name"] not in leave_out]
    yield f"\n{HEAD}"
    for field in fields:
        yield _row(field, options, {other["name"]: other["label"] for other in fields})


def _row(field: Mapping[str, Any], options: type[Options], labels: Mapping[str, str]) -> str:
    words = options.words()[field["name"]][1]
    kind = "template" if words.template else field["kind"]
    cells = (
        field["label"],
        f"`{field['name']}`",
        f"{kind}, secret" if field.get("secret") and kind != "password" else kind,
        "yes" if field.get("required") else "",
        _default(field),
        " ".join(_remarks(field, labels)),
    )
    return f"| {' | '.join(cell(text) for text in cells)} |"


def _default(field: Mapping[str, Any]) -> str:
    value = field["default"]
    if value is None or value == "" or value == () or value is False:
        return "off" if value is False and field["kind"] == "switch" else ""
    return "on" if value is True else f"`{value}`"


def _remarks(field: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[str]:
    if text := field.get("help"):
        yield _sentence(text.removesuffix(VARIABLES).strip())
    if "choices" in field:
        said = (f"{_code(one['value'])} ({one['label']})" for one in field["choices"])
        yield f"One of {', '.join(said)}."
    low, high = field.get("minimum"), field.get("maximum")
    if low is not None and high is not None:
        yield f"{_number(low)} to {_number(high)}."
    elif low is not None or high is not None:
        yield f"At least {_number(low)}." if low is not None else f"At most {_number(high)}."
    if unit := field.get("unit"):
        yield f"In {unit}."
    if text := field.get("placeholder"):
        yield f"For example {_code(text)}."
    if condition := field.get("shownWhen"):
        values = " or ".join(_code(value) for value in condition["values"])
        yield f"Shown while *{labels[condition['option']]}* is {values}."


def _number(value: float | None) -> str:
    return f"{value:,.10g}"


def _code(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "empty" if value == "" else f"`{value}`"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "…")) or "://" in text.split()[-1] else f"{text}."


def cell(text: str) -> str:
    """A cell of a table: no line of its own, and no HTML outside of code."""
    pieces = re.split(r"(`[^`]*`)", text.replace("|", "\\|").replace("\n", " "))
    return "".join(one if one.startswith("`") else one.replace("<", "&lt;") for one in pieces)
