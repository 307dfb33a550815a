"""Completion and manual page, made from the parser; help."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
from pathlib import Path

import pytest

from kuma_lite.cli import main
from kuma_lite.cli.commands import COMMANDS
from kuma_lite.cli.exits import MEANINGS
from kuma_lite.cli.shape import whole
from tests.requires import needs_program

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "command-line.md"


def output(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert main(words) == 0
    return capsys.readouterr().out


COMPLETED = {
    "kuma-lite mai": ["maintenance"],
    "kuma-lite maintenance st": ["start", "stop"],
    "kuma-lite maintenance start --fo": ["--for"],
    "kuma-lite ls --state pa": ["paused"],
    "kuma-lite ls --tag ": [],
    "kuma-lite completion z": ["zsh"],
    "kuma-lite pause Fr": [r"Front\ page"],
    "kuma-lite apply kuma.": ["kuma.yaml"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a program of our name that knows two monitors, and a file."""
    program = tmp_path / "kuma-lite"
    program.write_text("#!/bin/sh\nprintf 'Front page\\nBack\\n'\n")
    program.chmod(0o700)
    (tmp_path / "kuma.yaml").touch()
    return tmp_path


def environment(folder: Path) -> dict[str, str]:
    return {"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(folder), "TERM": "dumb", "LC_ALL": "C.UTF-8"}


@needs_program("bash")
@pytest.mark.parametrize("line", COMPLETED)
def test_bash_completes(line: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = folder / "completion"
    script.write_text(output(capsys, "completion", "bash"))
    words = line.split(" ")
    asked = (
        f"source {script}; COMP_WORDS=({' '.join(words[:-1])} '{words[-1]}'); COMP_CWORD={len(words) - 1}; "
        '_kuma_lite; [ ${#COMPREPLY[@]} = 0 ] || printf "%s\\n" "${COMPREPLY[@]}"'
    )
    ended = subprocess.run(
        ["bash", "-c", asked], capture_output=True, text=True, cwd=folder, env=environment(folder)
    )
    assert ended.stderr == ""
    assert ended.stdout.splitlines() == COMPLETED[line]


@needs_program("fish")
@pytest.mark.timeout(60)
def test_fish_completes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = folder / "kuma-lite.fish"
    script.write_text(output(capsys, "completion", "fish"))
    asked = f"source {script}; " + "; ".join(f"echo = {line!r}; complete -C {line!r}" for line in COMPLETED)
    ended = subprocess.run(
        ["fish", "--no-config", "-c", asked],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment(folder),
    )
    assert ended.stderr == ""
    found: dict[str, list[str]] = {}
    for shown in ended.stdout.splitlines():
        if shown.startswith("= "):
            words = found.setdefault(shown[2:], [])
        else:
            words.append(shown.partition("\t")[0])  # behind it stands what the word means
    assert found == {line: [word.replace("\\", "") for word in words] for line, words in COMPLETED.items()}


# Shows what stands in the line when ^X is pressed; nothing of a list is asked for, and lists are plain.
ZSH = r"""
PS1= ; unsetopt prompt_sp zle_bracketed_paste 2>/dev/null; setopt no_beep; LISTMAX=999
fpath=(%s $fpath); autoload -Uz compinit; compinit -u -D
show() { print -r -- "<$BUFFER>"; BUFFER=; }; zle -N show; bindkey '^X' show; bindkey '^I' complete-word
print ready
"""


@needs_program("zsh")
@pytest.mark.timeout(90)
def test_zsh_completes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a terminal: nothing else loads what it completes with."""
    (folder / "_kuma-lite").write_text(output(capsys, "completion", "zsh"))
    (folder / "start").write_text(ZSH % folder)
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe("zsh", ["zsh", "-f", "-i"], environment(folder))

    def until(mark: bytes) -> str:
        text = b""
        while mark not in text:
            assert select.select([terminal], [], [], 30)[0], text
            text += os.read(terminal, 65536)
        return text.decode(errors="replace")

    try:
        os.write(terminal, b"source ./start\n")
        until(b"ready\r\n")
        for line, words in COMPLETED.items():
            os.write(terminal, line.encode() + b"\t\x18")
            shown = until(b">\r\n")
            done = shown[shown.rindex("<") + 1 : shown.rindex(">")].rstrip()
            expected = f"{line.rpartition(' ')[0]} {words[0]}" if len(words) == 1 else line.rstrip()
            assert done == expected, shown
            assert [word for word in words if word not in shown] == [], shown
    finally:
        os.kill(pid, signal.SIGKILL)
        os.close(terminal)
        os.waitpid(pid, 0)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_command_and_option_is_completed(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    script = output(capsys, "completion", shell)
    for command in whole().actions:
        assert command.name in script
        for option in command.options:
            for flag in option.flags:
                assert (f"-l {flag[2:]}" if shell == "fish" and flag.startswith("--") else flag) in script


@needs_program("groff")
def test_the_manual_page_is_good_troff(capsys: pytest.CaptureFixture[str]) -> None:
    page = output(capsys, "man")
    ended = subprocess.run(
        ["groff", "-man", "-ww", "-Tascii", "-P-cbou"], input=page, capture_output=True, text=True, check=True
    )
    assert ended.stderr == ""
    for name in COMMANDS:
        assert f"kuma-lite {name}" in ended.stdout
    assert "EXIT STATUS" in ended.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_the_options_of_one_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    for line, _ in COMMANDS[name].examples:
        assert line in text
    assert ("--ws-origin-check" in text) == (name == "serve")


@pytest.mark.parametrize("flag", ["-V", "--version"])
def test_the_version(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([flag])
    assert capsys.readouterr().out.startswith("kuma-lite ")


def test_the_document_has_every_command_and_exit_status() -> None:
    text = DOCUMENT.read_text()
    for name in COMMANDS:
        assert f"`kuma-lite {name}" in text, name
    for status, meaning in MEANINGS.items():
        assert f"| {status} | {meaning} |" in text
