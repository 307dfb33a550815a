"""`kuma-lite completion bash|zsh|fish`: what completes our commands, made from the argument parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Final

from kuma_lite.cli.exits import DONE
from kuma_lite.cli.shape import MONITOR, Option, Shape, whole

_NAMES: Final = "kuma-lite ls --names 2>/dev/null"
_FILES: Final = frozenset({"FILE", "PATH"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """For which shell."""
    parser.add_argument("shell", choices=sorted(_WRITERS), help="which shell")


def run(options: argparse.Namespace) -> int:
    """Print the script."""
    print("\n".join(_WRITERS[options.shell](whole())))
    return DONE


def _nodes(shape: Shape, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Shape]]:
    yield path, shape
    for action in shape.actions:
        yield from _nodes(action, (*path, action.name))


def _words(shape: Shape) -> list[str]:
    """Everything that may stand next, but for names and files."""
    positional = [choice for option in shape.options if not option.flags for choice in option.choices]
    flags = [flag for option in shape.options for flag in option.flags if flag.startswith("--")]
    return [action.name for action in shape.actions] + positional + flags


def _takes(shape: Shape, test: str) -> bool:
    positional = [option for option in shape.options if not option.flags]
    if test == MONITOR:
        return any(option.dest == MONITOR for option in positional)
    return any(_is_file(option) for option in positional)


def _is_file(option: Option) -> bool:
    return option.value in _FILES or option.dest in ("file", "path")


def _bash(shape: Shape) -> Iterator[str]:
    yield "# bash completion of kuma-lite; made by “kuma-lite completion bash”"
    yield "_kuma_lite() {"
    yield "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} at= word words= more="
    yield "  local IFS=$' \\t\\n'"
    yield '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do'
    yield '    case "$at/$word" in'
    for path, _ in _nodes(shape):
        if path:
            where = "/".join(path)
            yield f'      "/{where}") at="/{where}" ;;'
    yield "    esac"
    yield "  done"
    yield '  case "$at $prev" in'
    for path, node in _nodes(shape):
        at = "".join(f"/{name}" for name in path)
        for option in node.options:
            if not option.value or not option.flags:
                continue
            patterns = "|".join(f'"{at} {flag}"' for flag in option.flags)
            if option.choices:
                words = " ".join(option.choices)
                yield f'    {patterns}) COMPREPLY=($(compgen -W "{words}" -- "$cur")); return ;;'
            elif _is_file(option):
                yield f'    {patterns}) COMPREPLY=($(compgen -f -- "$cur")); return ;;'
            else:
                yield f"    {patterns}) return ;;"
    yield "  esac"
    yield '  case "$at" in'
    for path, node in _nodes(shape):
        at = "".join(f"/{name}" for name in path)
        more = "names" if _takes(node, MONITOR) else "files" if _takes(node, "file") else ""
        yield f'    "{at}") words="{" ".join(_words(node))}" more={more} ;;'
    yield "  esac"
    yield '  COMPREPLY=($(compgen -W "$words" -- "$cur"))'
    yield '  if [ "$more" = files ]; then COMPREPLY+=($(compgen -f -- "$cur")); fi'
    yield '  if [ "$more" = names ] && [ "${cur#-}" = "$cur" ]; then'
    yield "    local name plain=${cur//\\\\/}"
    yield "    while IFS= read -r name; do"
    yield '      if [[ $name == "$plain"* ]]; then COMPREPLY+=("$(printf %q "$name")"); fi'
    yield f"    done < <({_NAMES})"
    yield "  fi"
    yield "}"
    yield "complete -F _kuma_lite kuma-lite"


def _zsh(shape: Shape) -> Iterator[str]:
    yield "#compdef kuma-lite"
    yield "# made by “kuma-lite completion zsh”"
    yield "_kuma_lite_names() {"
    yield f'  local -a names; names=("${{(@f)$({_NAMES})}}"); compadd -a names'
    yield "}"
    for path, node in _nodes(shape):
        name = "_".join(["_kuma_lite", *path]).replace("-", "_")
        yield f"{name}() {{"
        if node.actions:
            yield "  local -a actions; local state line"
            described = [f"'{action.name}:{_zsh_text(action.help)}'" for action in node.actions]
            yield f"  actions=({' '.join(described)})"
        yield "  _arguments -s \\"
        for option in node.options:
            for spec in _zsh_option(option):
                yield f"    {spec} \\"
        if node.actions:
            yield "    '1:action:->action' '*::argument:->rest'"
            yield "  case $state in"
            yield "    action) _describe action actions ;;"
            yield "    rest) case $words[1] in"
            for action in node.actions:
                inner = "_".join(["_kuma_lite", *path, action.name]).replace("-", "_")
                yield f"      {action.name}) {inner} ;;"
            yield "    esac ;;"
            yield "  esac"
        else:
            yield "    && return"
        yield "}"
    yield 'if [ "$funcstack[1]" = "_kuma-lite" ]; then _kuma_lite "$@"; else compdef _kuma_lite kuma-lite; fi'


def _zsh_option(option: Option) -> Iterator[str]:
    if option.choices:
        action = f"({' '.join(option.choices)})"
    elif not option.flags and option.dest == MONITOR:
        action = "_kuma_lite_names"
    else:
        action = "_files" if _is_file(option) else ""
    if not option.flags:
        yield f"'*:{option.dest}:{action}'"
    for flag in option.flags:
        value = f":{option.dest}:{action}" if option.value else ""
        yield f"'{flag}[{_zsh_text(option.help)}]{value}'"


def _zsh_text(text: str) -> str:
    for letter in "\\[]:":
        text = text.replace(letter, "\\" + letter)
    return text.replace("'", "'\\''")


def _fish(shape: Shape) -> Iterator[str]:
    yield "# fish completion of kuma-lite; made by “kuma-lite completion fish”"
    yield "complete -c kuma-lite -f"
    for path, node in _nodes(shape):
        inner = " ".join(action.name for action in node.actions)
        if not path:
            condition = "__fish_use_subcommand"
        else:
            seen = "; and ".join(f"__fish_seen_subcommand_from {name}" for name in path)
            condition = f"{seen}; and not __fish_seen_subcommand_from {inner}" if inner else seen
        start = f'complete -c kuma-lite -n "{condition}"'
        for action in node.actions:
            yield f"{start} -a {action.name} -d '{_fish_text(action.help)}'"
        for option in node.options:
            yield from _fish_option(start, option)


def _fish_option(start: str, option: Option) -> Iterator[str]:
    if not option.flags:
        if option.choices:
            yield f"{start} -a '{' '.join(option.choices)}'"
        elif option.dest == MONITOR:
            yield f"{start} -a '({_NAMES})'"
        elif _is_file(option):
            yield f"{start} -F"
        return
    written = " ".join(
        f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags
    )
    value = ""
    if option.choices:
        value = f" -x -a '{' '.join(option.choices)}'"
    elif option.value:
        value = " -r -F" if _is_file(option) else " -x"
    yield f"{start} {written}{value} -d '{_fish_text(option.help)}'"


def _fish_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


_WRITERS: Final = {"bash": _bash, "zsh": _zsh, "fish": _fish}
