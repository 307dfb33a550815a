"""`docs/notifications.md` says what the services declare.

`make lists` (`python -m tests.test_service_docs`) writes it.
"""

from __future__ import annotations

import inspect
import io
import json
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from kuma_lite.core.declarations import NotificationService
from kuma_lite.core.registry import Registry
from kuma_lite.notifications import services as package

ROOT: Final = Path(__file__).parent.parent
DOCUMENT: Final = ROOT / "docs" / "notifications.md"
HEAD: Final = """# Notification services

Every service with the fields of its form, written by `make lists` from what the services declare
(`kuma_lite/notifications/services/`). *Type* and *key* are the words of the wire: a stored channel is one
JSON object with `name`, `type`, `isDefault` and the keys of its type, as in Uptime Kuma. A field is required
while the form shows it. Texts that are longer than a service takes are cut as that service counts.
"""
TABLE: Final = "| field | key | kind | required | default | remarks |\n| --- | --- | --- | --- | --- | --- |"
# In the order of the form.
GROUPS: Final = ("universal", "chat", "push", "sms", "email", "incident", "home", "other", "regional")
# The last word of a limit's name says what is counted.
UNITS: Final = {
    "CHARS": "characters",
    "BYTES": "bytes of UTF-8",
    "UNITS": "UTF-16 units",
    "SEPTETS": "septets of the GSM alphabet",
}

# Services without documentation of their own, and why.
UNDOCUMENTED: Final = {
    "smtp": "Every mail server has its own.",
    "webhook": "The receiver is the user's own.",
}

Service = NotificationService[Any]


def declared() -> list[Service]:
    """All services of this program, by label."""
    base: Any = NotificationService
    return sorted(Registry(package, base).built_in(), key=lambda service: service.label.lower())


SERVICES: Final = {service.name: service for service in declared()}
NAMES: Final = sorted(SERVICES)


def render(services: Iterable[Service]) -> str:
    """The document."""
    words = json.loads((ROOT / "frontend" / "src" / "words" / "en.json").read_text())
    parts, listed = [HEAD], list(services)
    names = {group: words[f"serviceGroup.{group}"] for group in GROUPS}
    contents = {group: [one for one in listed if one.groups[0] == group] for group in GROUPS}
    for group, members in contents.items():
        links = ", ".join(f"[{one.label}](#{anchor(one)})" for one in members)
        parts.append(f"- **{names[group]}**: {links}" if members else "")
    for group, members in contents.items():
        if members:
            parts.append(f"\n## {names[group]}")
        parts += ["\n".join(_section(one, names)) for one in members]
    return "\n".join(part for part in parts if part) + "\n"


def anchor(service: Service) -> str:
    """Where a service stands in the document."""
    return f"type-{service.name.lower().replace('.', '-')}"


def _section(service: Service, names: Mapping[str, str]) -> Iterator[str]:
    yield f'\n<a id="{anchor(service)}"></a>\n\n### {service.label}\n'
    about = [f"Type `{service.name}`"]
    about += [f"also under {names[group]}" for group in service.groups[1:]]
    if service.documentation:
        about.append(f"[documentation](<{service.documentation}>)")
    yield f"{service.description} {'; '.join(about)}."
    if found := limits(source_of(service)):
        yield "\nLimits: " + "; ".join(found) + "."
    fields = service.options.describe()
    yield f"\n{TABLE}"
    for field in fields:
        yield _row(field, service, {other["name"]: other["label"] for other in fields})


def source_of(service: Service) -> str:
    """The file that declares a service."""
    return Path(inspect.getfile(type(service))).read_text()


def limits(source: str) -> list[str]:
    """The limits of texts that a service's file names: `4,096 characters of a message`."""
    comments = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    found = []
    for number, line in enumerate(source.splitlines(), 1):
        if limit := re.match(r"MAX_(\w+) = ([\d_ *]+?)\s*(#|$)", line):
            amount = prod(int(factor) for factor in limit[2].split("*"))
            unit = UNITS.get(limit[1].rpartition("_")[2], "")
            found.append(" ".join(f"{amount:,} {unit} {comments.get(number, '')}".split()))
    return found


def _row(field: Mapping[str, Any], service: Service, labels: Mapping[str, str]) -> str:
    words = service.options.words()[field["name"]][1]
    kind = "template" if words.template else field["kind"]
    cells = (
        field["label"],
        f"`{field['name']}`",
        f"{kind}, secret" if field.get("secret") and kind != "password" else kind,
        "yes" if field.get("required") else "",
        _default(field),
        " ".join(_remarks(field, labels)),
    )
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _default(field: Mapping[str, Any]) -> str:
    value = field["default"]
    if value is None or value == "" or value == () or value is False:
        return "off" if value is False and field["kind"] == "switch" else ""
    return "on" if value is True else f"`{value}`"


def _remarks(field: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[str]:
    if text := field.get("help"):
        yield _sentence(text)
    if "choices" in field:
        said = (f"{_code(one['value'])} ({one['label']})" for one in field["choices"])
        yield f"One of {', '.join(said)}."
    low, high = field.get("minimum"), field.get("maximum")
    if low is not None and high is not None:
        yield f"{low:g} to {high:g}."
    elif low is not None or high is not None:
        yield f"At least {low:g}." if low is not None else f"At most {high:g}."
    if unit := field.get("unit"):
        yield f"In {unit}."
    if text := field.get("placeholder"):
        yield f"For example {_code(text)}."
    if condition := field.get("shownWhen"):
        values = " or ".join(_code(value) for value in condition["values"])
        yield f"Shown while *{labels[condition['option']]}* is {values}."


def _code(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "empty" if value == "" else f"`{value}`"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "…")) or "://" in text.split()[-1] else f"{text}."


def _cell(text: str) -> str:
    """A cell of a table: no line of its own, and no HTML outside of code."""
    pieces = re.split(r"(`[^`]*`)", text.replace("|", "\\|").replace("\n", " "))
    return "".join(one if one.startswith("`") else one.replace("<", "&lt;") for one in pieces)


def test_the_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text() == render(declared()), "run `make lists`"


def test_a_new_field_makes_the_document_stale() -> None:
    webhook = next(one for one in declared() if one.name == "webhook")

    class Changed(type(webhook)):  # type: ignore[misc]
        label = "Carrier pigeon"

    assert "### Carrier pigeon\n" in render([Changed()])
    assert render([webhook]) != render([Changed()])


@pytest.mark.parametrize("name", NAMES)
def test_every_service_is_in_a_group_that_is_listed(name: str) -> None:
    assert set(SERVICES[name].groups) <= set(GROUPS)


@pytest.mark.parametrize("name", NAMES)
def test_every_service_has_documentation_of_its_own(name: str) -> None:
    link = urlsplit(SERVICES[name].documentation)
    if name in UNDOCUMENTED:
        assert link.geturl() == ""
    else:
        assert link.scheme in ("https", "http"), "a page of the service, or the reason in UNDOCUMENTED"
        assert "." in (link.hostname or "")


@pytest.mark.parametrize("name", NAMES)
def test_every_limit_says_what_it_counts(name: str) -> None:
    for said in limits(source_of(SERVICES[name])):
        assert len(said.split()) >= 3, f"a comment beside the limit: {said}"


def test_limits() -> None:
    source = "MAX_CHARS = 4_096  # of a message\nMAX_PARTS = 2 * 3  # parts\nOTHER = 5\n"
    assert limits(source) == ["4,096 characters of a message", "6 parts"]


def test_cells_hold_no_marks_of_their_own() -> None:
    assert _cell("a|b\nc <i> `<i>`") == "a\\|b c &lt;i> `<i>`"


if __name__ == "__main__":
    DOCUMENT.write_text(render(declared()))
