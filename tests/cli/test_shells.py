"""Completion and manual page, made from the parser; help."""

from __future__ import annotations

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


@needs_program("bash")
@pytest.mark.parametrize("line", COMPLETED)
def test_bash_completes(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a program of the same name that knows two monitors."""
    script, program = tmp_path / "completion", tmp_path / "kuma-lite"
    script.write_text(output(capsys, "completion", "bash"))
    program.write_text("#!/bin/sh\nprintf 'Front page\\nBack\\n'\n")
    program.chmod(0o700)
    (tmp_path / "kuma.yaml").touch()
    words = line.split(" ")
    asked = (
        f"source {script}; COMP_WORDS=({' '.join(words[:-1])} '{words[-1]}'); COMP_CWORD={len(words) - 1}; "
        '_kuma_lite; [ ${#COMPREPLY[@]} = 0 ] || printf "%s\\n" "${COMPREPLY[@]}"'
    )
    ended = subprocess.run(
        ["bash", "-c", asked],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
    )
    assert ended.stderr == ""
    assert ended.stdout.splitlines() == COMPLETED[line]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_command_and_option_is_completed(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    script = output(capsys, "completion", shell)
    for command in whole().actions:
        assert command.name in script
        for option in command.options:
            for flag in option.flags:
                assert (f"-l {flag[2:]}" if shell == "fish" and flag.startswith("--") else flag) in script


@needs_program("zsh")
def test_zsh_reads_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "_kuma-lite"
    script.write_text(output(capsys, "completion", "zsh"))
    subprocess.run(["zsh", "-n", str(script)], check=True)


@needs_program("fish")
def test_fish_reads_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "kuma-lite.fish"
    script.write_text(output(capsys, "completion", "fish"))
    subprocess.run(["fish", "--no-execute", str(script)], check=True)


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
