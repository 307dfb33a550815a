"""`kuma-lite man`: the manual page, made from the argument parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Final

from kuma_lite import __version__
from kuma_lite.cli.exits import DONE, MEANINGS
from kuma_lite.cli.parsing import DESCRIPTION, PROGRAM
from kuma_lite.cli.remote import DEFAULT_URL, TOKEN_VARIABLE, URL_VARIABLE
from kuma_lite.cli.shape import Option, Shape, whole

_ENVIRONMENT: Final = {
    URL_VARIABLE: f"the server that commands speak to, {DEFAULT_URL} if it is not set",
    TOKEN_VARIABLE: "the token of a user for it; “kuma-lite token create --user” makes one",
    "NO_COLOR": "no colours, whatever its value is",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""
    del parser


def run(options: argparse.Namespace) -> int:
    """Print it, as troff with the man macros."""
    del options
    print("\n".join(page(whole())))
    return DONE


def page(shape: Shape) -> Iterator[str]:
    """The lines."""
    yield f'.TH {PROGRAM.upper()} 1 "" "Kuma Lite {__version__}"'
    yield from _section("NAME")
    yield f"{PROGRAM} \\- {_text(DESCRIPTION)}"
    yield from _section("SYNOPSIS")
    yield f".B {PROGRAM}"
    yield r"\fICOMMAND\fR [\fIOPTIONS\fR]"
    yield from _section("COMMANDS")
    for command in shape.actions:
        yield from _command(command, f"{PROGRAM} {command.name}")
    yield from _section("ENVIRONMENT")
    for name, meaning in _ENVIRONMENT.items():
        yield from _tagged(rf"\fB{_text(name)}\fR", meaning)
    yield _line("Every setting of the server has a variable as well; “kuma-lite config” lists them.")
    yield from _section("EXIT STATUS")
    for status, meaning in MEANINGS.items():
        yield from _tagged(rf"\fB{status}\fR", meaning.replace("`", ""))


def _command(shape: Shape, path: str) -> Iterator[str]:
    yield f'.SS "{_text(path)}"'
    if shape.help:
        yield _line(shape.help[0].upper() + shape.help[1:] + ".")
    for option in shape.options:
        if option.dest != "help":
            yield from _tagged(_written(option), option.help)
    for action in shape.actions:
        yield from _command(action, f"{path} {action.name}")
    for line, what in shape.examples:
        yield ".PP"
        yield ".RS 2"
        yield ".nf"
        yield _line(f"{line}  # {what}" if what else line)
        yield ".fi"
        yield ".RE"


def _written(option: Option) -> str:
    value = "|".join(option.choices) or option.value
    if not option.flags:
        return rf"\fI{_text(value)}\fR"
    flags = ", ".join(rf"\fB{_text(flag)}\fR" for flag in option.flags)
    return rf"{flags} \fI{_text(value)}\fR" if option.value else flags


def _section(name: str) -> Iterator[str]:
    yield f".SH {name}"


def _tagged(tag: str, text: str) -> Iterator[str]:
    yield ".TP"
    yield tag
    yield _line(text)


def _line(text: str) -> str:
    """A line that troff takes for text, whatever it begins with."""
    found = _text(text)
    return rf"\&{found}" if found[:1] in (".", "'") else found


def _text(text: str) -> str:
    found = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq")
    return "".join(letter if letter.isascii() else rf"\[u{ord(letter):04X}]" for letter in found)
