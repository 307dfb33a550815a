"""What the argument parser knows, as plain values: for completion and manual page."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field

from kuma_lite.cli.commands import COMMANDS
from kuma_lite.cli.parsing import make_parser

MONITOR = "monitor"  # what a positional argument is called that takes names of monitors


@dataclass
class Option:
    """An option or a positional argument.

    Args:
        flags: how it is written; none: by its position.
        value: what stands for its value; "": it takes none.
        choices: the values there are; none: any.
        help: one line.
        dest: its name.
    """

    flags: tuple[str, ...]
    value: str
    choices: tuple[str, ...]
    help: str
    dest: str


@dataclass
class Shape:
    """A command or an action of one."""

    name: str
    help: str
    options: list[Option] = field(default_factory=list)
    actions: list[Shape] = field(default_factory=list)
    examples: tuple[tuple[str, str], ...] = ()


def whole() -> Shape:
    """All commands with everything they take."""
    found = _shape(make_parser(COMMANDS), "", "")
    for action in found.actions:
        action.examples = COMMANDS[action.name].examples
    return found


def _shape(parser: argparse.ArgumentParser, name: str, line: str) -> Shape:
    found = Shape(name, line)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            lines = {choice.dest: choice.help or "" for choice in action._choices_actions}
            found.actions = [_shape(sub, word, lines.get(word, "")) for word, sub in action.choices.items()]
            continue
        if action.help == argparse.SUPPRESS:
            continue
        takes = action.nargs != 0
        value = str(action.metavar or action.dest.upper()) if takes else ""
        choices = tuple(map(str, action.choices or ()))
        text = (action.help or "").replace("%%", "%")
        found.options.append(Option(tuple(action.option_strings), value, choices, text, action.dest))
    return found
