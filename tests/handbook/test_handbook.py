"""The handbook is true: its links lead somewhere, its commands exist, and what is marked as runnable runs."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from kuma_lite.cli.shape import Shape, whole
from kuma_lite.core.config import PREFIX, SETTINGS
from tests.cli.shell import Shell
from tests.requires import needs_program
from tests.support.appliance import running

ROOT: Final = Path(__file__).parent.parent.parent
DOCS: Final = ROOT / "docs"
PAGES: Final = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted(DOCS.rglob("*.md")),
]
NAMES: Final = [str(page.relative_to(ROOT)) for page in PAGES]
RUNNABLE: Final = re.compile(r"^<!-- runnable -->\n```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS: Final = [
    pytest.param(block, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, block in enumerate(RUNNABLE.findall(page.read_text()), 1)
]


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL))


def anchors(page: Path) -> set[str]:
    """Where links can lead to in a page: headings, by the rule of forges, and what names itself."""
    text = page.read_text()
    found = set(re.findall(r'<a id="([^"]+)">', text))
    for heading in re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
        found.add(re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-"))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_link_is_alive(name: str) -> None:
    page = ROOT / name
    for link in re.findall(r"\]\(<?([^)\s>]+)>?\)", without_code(page.read_text())):
        if "://" in link or link.startswith("mailto:"):
            continue
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_page_is_reached_from_the_first_one() -> None:
    seen: set[Path] = set()
    waiting = [DOCS / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        links = re.findall(r"\]\(<?([^)#\s>]+)", page.read_text())
        waiting += [target for link in links if (target := (page.parent / link).resolve()).is_file()]
    assert set(DOCS.rglob("*.md")) <= seen


def called() -> Iterator[tuple[str, list[str]]]:
    """Every call of the program that a page shows: where, and its words."""
    for page in PAGES[:1] + [one for one in PAGES if one.parent == DOCS]:
        text = page.read_text()
        code = re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.M | re.S) + re.findall(r"`([^`\n]+)`", text)
        for piece in code:
            for line in piece.replace("\\\n", " ").splitlines():
                if found := re.match(r"(?:.*[|;&(] *|\$ )?(?:\./)?kuma-lite +([^|;&)#>]*)", line):
                    yield f"{page.name}: {line.strip()}", found[1].split()


@pytest.mark.parametrize(("where", "words"), list(called()))
def test_every_command_exists_with_its_options(where: str, words: list[str]) -> None:
    shape = whole()
    flags = {"--version", "-V", "--help"} | {flag for option in shape.options for flag in option.flags}
    for word in words:
        if word.startswith("-"):
            assert word.partition("=")[0].rstrip(".…,:") in flags, where
            continue
        actions: dict[str, Shape] = {action.name: action for action in shape.actions}
        if word.rstrip(",") in actions:
            shape = actions[word.rstrip(",")]
            flags |= {flag for option in shape.options for flag in option.flags}
            flags |= {flag for action in shape.actions for option in action.options for flag in option.flags}
        else:
            assert shape.name or not word[0].islower(), f"no command {word} in {where}"


@pytest.mark.parametrize("name", NAMES)
def test_every_variable_of_ours_exists(name: str) -> None:
    known = {PREFIX + setting.upper() for setting in SETTINGS}
    known |= {f"{variable}_FILE" for variable in known} | {f"{PREFIX}CONFIG"}
    assert set(re.findall(r"\bKUMA_LITE_[A-Z_]+\b", (ROOT / name).read_text())) <= known | read_elsewhere()


@cache
def read_elsewhere() -> frozenset[str]:
    """Variables that are no settings: of commands, scripts and tests."""
    files = [
        *(ROOT / "kuma_lite").rglob("*.py"),
        *(ROOT / "packaging").glob("*.sh"),
        *(ROOT / "tests").rglob("*.py"),
    ]
    return frozenset(
        variable for file in files for variable in re.findall(r"KUMA_LITE_[A-Z_]+", file.read_text())
    )


def test_every_place_of_the_page_is_called_what_the_page_calls_it() -> None:
    words = json.loads((ROOT / "frontend" / "src" / "words" / "en.json").read_text())
    shown = {text for text in words.values() if isinstance(text, str)}
    for page in DOCS.glob("*.md"):
        if page.name == "notifications.md":  # it speaks of settings elsewhere
            continue
        text = " ".join(page.read_text().split())
        for path in re.findall(r"Settings((?: → (?:\*[^*]+\*|[A-Z][a-zA-Z]+))+)", text):
            for place in path.replace("*", "").split(" → ")[1:]:
                names = [name for name in shown if name == place or name.startswith(f"{place} ")]
                assert names, f"Settings → {place} in {page.name}"


@needs_program("bash")
@needs_program("curl")
@pytest.mark.parametrize("block", BLOCKS)
async def test_what_is_runnable_runs(
    block: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "kuma-lite"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m kuma_lite "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    async with running(tmp_path / "data") as server:
        shell = Shell(tmp_path, capsys, monkeypatch)
        await shell.use(server, tmp_path / "data")
        await shell.apply("name: shown\nmonitors: {Shop: {type: ping, hostname: 127.0.0.1}}\n")
        process = await asyncio.create_subprocess_exec(
            "bash", "-euo", "pipefail", "-c", block, cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()


def test_there_is_something_to_run() -> None:
    assert len(BLOCKS) >= 3
