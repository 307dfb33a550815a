"""A file that a person gives to our own page: one of ours, or of another program.

Its variables are asked for instead of taken from the environment of the server, and no file of the server is
read: both are for whoever has a shell there (`kuma-lite apply`, `kuma-lite import`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct, field

from kuma_lite.config_files.loading import LoadedFile
from kuma_lite.config_files.reading import MAX_NAME_CHARS, given, variables_of
from kuma_lite.config_files.texts import parse
from kuma_lite.core.errors import UserError
from kuma_lite.foreign.model import LeftOut
from kuma_lite.foreign.recognise import as_file, taken_over

MAX_CHARS: Final = 700_000  # of all texts together: what surely fits into one message
_FORM: Final = "A file with its name and text is expected."
_LARGE: Final = "{name} is too large."


class PageFile(Struct, frozen=True):
    """What the page sends.

    Args:
        name: of the file; by it what it makes is its own.
        text: what stands in it.
        modules: the text of the blackbox.yml of a prometheus.yml.
        variables: what `${env:NAME}` in it stands for.
        prune: whether things of this file go that it does not name any more.
    """

    name: str
    text: str
    modules: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    prune: bool = False


class Read(Struct, frozen=True):
    """What a file says.

    Args:
        source: whose it was; None: ours.
        left_out: what has no equal here.
        missing: names of variables that it uses and has not been given; then there is no `file`.
        file: as it can be planned and applied.
    """

    source: str | None
    left_out: list[LeftOut]
    missing: list[str]
    file: LoadedFile | None = None


def page_file(value: Any) -> PageFile:
    """What came from the page. Raises UserError."""
    if not isinstance(value, Mapping):
        raise UserError(_FORM)
    name, text, modules = value.get("name"), value.get("text"), value.get("modules")
    variables, prune = value.get("variables") or {}, value.get("prune", False)
    if not (isinstance(name, str) and 0 < len(name) <= MAX_NAME_CHARS and isinstance(text, str)):
        raise UserError(_FORM)
    if not (isinstance(modules, str | None) and isinstance(prune, bool) and isinstance(variables, Mapping)):
        raise UserError(_FORM)
    if not all(isinstance(one, str) for pair in variables.items() for one in pair):
        raise UserError(_FORM)
    if len(text) + len(modules or "") > MAX_CHARS:
        raise UserError(_LARGE, name=name)
    return PageFile(name, text, modules, variables, prune)


def read(sent: PageFile) -> Read:
    """Understand it; takes a second for a large one, so call it in a thread. Raises UserError with places."""
    converted = taken_over(sent.text, sent.name, sent.modules)
    text = sent.text if converted is None else as_file(converted, sent.name)
    parsed = parse(text, sent.name if converted is None else f"{sent.name}.yaml")
    source = converted.source if converted else None
    left_out = converted.left_out if converted else []
    missing = sorted(variables_of(parsed.value) - sent.variables.keys())
    if missing:
        return Read(source, left_out, missing)
    unfolded = given(parsed, sent.name, sent.variables, _no_files)
    return Read(source, left_out, [], LoadedFile(sent.name, unfolded, parsed))


def _no_files(_path: str) -> str:
    raise ValueError("only “kuma-lite apply” reads files beside it")
