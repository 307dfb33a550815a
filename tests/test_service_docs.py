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
from kuma_lite.notifications.services.support.styles import STYLE_KEY, TEMPLATE_KEY
from tests.handbook.tables import cell, field_table

ROOT: Final = Path(__file__).parent.parent
DOCUMENT: Final = ROOT / "docs" / "notifications.md"
HEAD: Final = """# Notification services

Every service with the fields of its form, written by `make lists` from what the services declare
(`kuma_lite/notifications/services/`). *Type* and *key* are the words of the wire: a stored channel is one
JSON object with `name`, `type`, `isDefault` and the keys of its type, as in Uptime Kuma. A field is required
while the form shows it. Texts that are longer than a service takes are cut as that service counts.

All of them have a message style as well, `messageStyle`, and those without templates of their own
`messageTemplate`: [templates.md](templates.md) has both, and what templates may use.
"""
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
    yield from field_table(service.options, leave_out=(STYLE_KEY, TEMPLATE_KEY))


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
    assert cell("a|b\nc <i> `<i>`") == "a\\|b c &lt;i> `<i>`"


if __name__ == "__main__":
    DOCUMENT.write_text(render(declared()))
