"""The reference in `docs/reference/`, written from what the program declares.

`make lists` (`python -m tests.handbook.reference`) writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from kuma_lite.appliance.health import PROBLEMS
from kuma_lite.checks import monitor_types
from kuma_lite.cli.exits import MEANINGS
from kuma_lite.cli.shape import Option, Shape, whole
from kuma_lite.core.config import FILE_NAME, PREFIX, SETTINGS, Config
from kuma_lite.core.declarations import AnyMonitorType, ConditionVariable
from kuma_lite.core.setting import Setting
from kuma_lite.metrics.model import Family
from kuma_lite.metrics.monitors import FAMILIES
from kuma_lite.metrics.own import FIGURES, own_families
from kuma_lite.monitors.document.common_options import CommonOptions, DomainOptions
from kuma_lite.servers.model import Server
from kuma_lite.servers.samples.metrics import FRIENDLY
from kuma_lite.servers.samples.prometheus import measured
from kuma_lite.settings.options import ServerSettings
from tests.handbook.tables import cell, field_table

ROOT: Final = Path(__file__).parent.parent.parent
FOLDER: Final = ROOT / "docs" / "reference"

_NOTE: Final = "Written by `make lists` from what the program declares.\n"
# In the order and with the words of the form.
_TYPE_GROUPS: Final = {"general": "General", "passive": "Passive", "specific": "Specific"}


def settings() -> Iterator[str]:
    """Options of the process, then what a person sets for the server."""
    yield f"""# Settings

{_NOTE}
## Of the process

Read at the start: a flag of `kuma-lite serve` beats the environment, that beats `{FILE_NAME}` in the data
folder, that the default. A secret has no flag; the variable with `_FILE` behind its name says which file
holds it.
`kuma-lite config` prints a commented `{FILE_NAME}`.

| setting | flag | in the environment | default | what it is |
| --- | --- | --- | --- | --- |"""
    for name, setting in SETTINGS.items():
        yield _setting(name, setting)
    yield """
## Of the server

Set in the page under *Settings*, over the [API](../api.md) (`/api/v1/settings`), or in a
[configuration file](../config-files.md). The key is the one of the wire."""
    yield from field_table(ServerSettings)


def _setting(name: str, setting: Setting) -> str:
    default = getattr(Config, name, None)
    shown = "on" if default is True else "" if default in (None, "", False) else f"`{default}`"
    own = PREFIX + name.upper()
    variables = [own, *([f"{own}_FILE"] if setting.secret else []), *setting.others]
    flag = "" if setting.secret else f"`--{name.replace('_', '-')}`"
    names = ", ".join(f"`{one}`" for one in variables)
    return _row(f"`{name}`", flag, names, shown, setting.help)


def commands() -> Iterator[str]:
    """Every command with its options and examples, and the exit status."""
    yield f"# Commands\n\n{_NOTE}"
    yield "`kuma-lite COMMAND --help` says the same; [the command line](../command-line.md) explains."
    for command in whole().actions:
        yield from _command(command, f"kuma-lite {command.name}", 2)
    yield "\n## Exit status\n\n| status | meaning |\n| --- | --- |"
    for status, meaning in MEANINGS.items():
        yield _row(str(status), meaning)


def _command(shape: Shape, path: str, level: int) -> Iterator[str]:
    yield f"\n{'#' * level} {path}\n"
    if shape.help:
        yield f"{shape.help[0].upper()}{shape.help[1:]}."
    options = [option for option in shape.options if option.dest != "help"]
    if options:
        yield "\n| option | what it does |\n| --- | --- |"
        for option in options:
            yield _row(_written(option), option.help)
    if shape.examples:
        yield "\n```sh"
        for line, what in shape.examples:
            yield f"{line}  # {what}" if what else line
        yield "```"
    for action in shape.actions:
        yield from _command(action, f"{path} {action.name}", level + 1)


def _written(option: Option) -> str:
    value = "|".join(option.choices) or option.value
    if not option.flags:
        return f"`{value}`"
    return ", ".join(f"`{flag} {value}`" if value else f"`{flag}`" for flag in option.flags)


def types() -> Iterator[str]:
    """Every monitor type with the fields of its form."""
    listed = sorted(monitor_types().built_in(), key=lambda kind: kind.label.lower())
    yield f"""# Monitor types

{_NOTE}
*Type* and *key* are the words of the wire; [configuration files](../config-files.md) and the [API](../api.md)
have names of their own for some, which `kuma-lite schema` prints. A field is required while the form shows
it.
"""
    for group, title in _TYPE_GROUPS.items():
        links = (f"[{kind.label}](#type-{kind.name})" for kind in listed if kind.group == group)
        yield f"- **{title}**: {', '.join(links)}"
    yield "\n## Fields of all types"
    yield from field_table(CommonOptions)
    yield "\nTypes that look at something below a registered domain have one more:"
    yield from field_table(DomainOptions)
    for group, title in _TYPE_GROUPS.items():
        yield f"\n## {title}"
        for kind in listed:
            if kind.group == group:
                yield from _type(kind)


def _type(kind: AnyMonitorType) -> Iterator[str]:
    yield f'\n<a id="type-{kind.name}"></a>\n\n### {kind.label}\n'
    yield f"{kind.description} Type `{kind.name}`.".strip()
    if kind.untestable:
        yield f"\n{kind.untestable}"
    if kind.numbers:
        said = (f"{one.label} ({one.unit})" if one.unit else one.label for one in kind.numbers)
        yield f"\nLimits can be set on: {', '.join(said)}."
    if kind.condition_variables:
        said = (f"`{one.id}` ({_operators(one)})" for one in kind.condition_variables)
        yield f"\nConditions can ask for: {'; '.join(said)}."
    if kind.options.describe():
        yield from field_table(kind.options)


def _operators(variable: ConditionVariable) -> str:
    return ", ".join(name for name, _ in variable.operators)


def metrics() -> Iterator[str]:
    """Every metric of `/metrics`."""
    yield f"""# Metrics

{_NOTE}
`GET /metrics` answers in the text format of Prometheus. It asks for an [API key](../api.md) as the
password, with any user name, or, as long as there is no key, for a user's name and password. Names and labels
of monitors are those of Uptime Kuma 2.5."""
    server = Server(
        1, "uuid", 1, "id", "1", {}, None, {"load_1": (0, 1.0), "net_sent_b": (0, 1.0)}, {}, 0, 0, 0,  # type: ignore[arg-type]
        values=dict.fromkeys(FRIENDLY, 1.0),
    )  # fmt: skip
    own = own_families(dict.fromkeys(_figure_keys(), 1.0), 0.0)
    rows: Mapping[str, Iterable[Family]] = {
        "Monitors": FAMILIES,
        "Servers": [Family(one.name, one.help, one.type) for one in measured([server])],
        "This program": [*own, Family(*PROBLEMS)],
    }
    for title, families in rows.items():
        yield f"\n## {title}\n\n| metric | type | what it is |\n| --- | --- | --- |"
        for family in families:
            yield _row(f"`{family.name}`", family.type, family.help)


def _figure_keys() -> list[str]:
    return [*(figure.key for figure in FIGURES), "latenessP50", "latenessP99"]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell(text) for text in cells)} |"


DOCUMENTS: Final[Mapping[str, Callable[[], Iterator[str]]]] = {
    "settings.md": settings,
    "commands.md": commands,
    "monitor-types.md": types,
    "metrics.md": metrics,
}


def render(name: str) -> str:
    """One of the documents."""
    return "\n".join(DOCUMENTS[name]()) + "\n"


if __name__ == "__main__":
    for document in DOCUMENTS:
        (FOLDER / document).write_text(render(document))
