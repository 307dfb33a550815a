"""What the repository promises whoever clones it: locked, hashed, no hosts, commands that exist."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.imports import OPTIONAL, imported_packages
from tests.requires import ROOT, needs_program

LOCKS = ["packaging/requirements.txt", "packaging/requirements-dev.txt"]
RELEASE_LOCK = "packaging/release/requirements.txt"
SCRIPTS = [
    *(
        path
        for path in sorted((ROOT / "packaging").rglob("*"))
        if path.is_file() and path.read_bytes().startswith(b"#!")
    ),
    ROOT / ".ci" / "run",
]
PIN = re.compile(r"^(?P<name>[\w.\-]+)==(?P<version>\S+)(?P<rest>.*)$", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """Package → version of one locked file."""
    text = (ROOT / name).read_text()
    return {canonicalize_name(match["name"]): match["version"] for match in PIN.finditer(text)}


def declared() -> list[tuple[str, Requirement]]:
    """Every dependency of pyproject.toml with the locked file that must hold it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = {
        LOCKS[0]: [*project["project"]["dependencies"], *project["build-system"]["requires"]],
        LOCKS[1]: project["dependency-groups"]["dev"],
    }
    return [(lock, Requirement(text)) for lock, texts in groups.items() for text in texts]


@pytest.mark.parametrize(("lock", "requirement"), declared(), ids=lambda value: getattr(value, "name", ""))
def test_lock_holds_what_is_declared(lock: str, requirement: Requirement) -> None:
    version = pins(lock).get(canonicalize_name(requirement.name))
    assert version is not None, "run: make lock"
    assert requirement.specifier.contains(version), "run: make lock"


def test_what_is_imported_is_declared() -> None:
    # Except engineio, the lower half of python-socketio, and compression, which is of Python 3.14.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared_names = {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}
    distributions = packages_distributions()
    undeclared = {
        name: where
        for name, where in imported_packages().items()
        if name not in OPTIONAL | {"engineio", "compression"}
        and not {canonicalize_name(d) for d in distributions[name]} & declared_names
    }
    assert undeclared == {}


@pytest.mark.parametrize("lock", [*LOCKS, RELEASE_LOCK])
def test_every_pin_has_hashes_and_none_a_host(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    for match in PIN.finditer(text):
        assert match["rest"].endswith("\\"), f"{match['name']} has no hash"
    assert len(pins(lock)) > (4 if lock == RELEASE_LOCK else 10)


def test_all_locks_agree() -> None:
    run, develop, release = (pins(lock) for lock in [*LOCKS, RELEASE_LOCK])
    for one in (run, release):
        common = one.keys() & develop.keys()
        assert {name: one[name] for name in common} == {name: develop[name] for name in common}


def test_page_lock_names_no_host() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) > 10
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert not [name for name, entry in packages.items() if "integrity" not in entry]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_executable_and_parse(script: Path) -> None:
    assert script.stat().st_mode & 0o111 == 0o111
    done = subprocess.run(["sh", "-n", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_documents_name_only_commands_that_exist() -> None:
    listed = subprocess.run(
        ["make", "--silent", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    commands = set(re.findall(r"^  make ([a-z-]+)", listed.stdout, re.MULTILINE))
    named = {
        command
        for document in ("README.md", "CONTRIBUTING.md")
        for command in re.findall(r"\bmake ([a-z][a-z-]+)`", (ROOT / document).read_text())
    }
    assert {"setup", "run", "test"} <= named
    assert named <= commands


@needs_program("systemd-analyze")
@pytest.mark.parametrize("name", ["kuma-lite.service", "kuma-lite.socket", "kuma-lite-agent.service"])
def test_unit_is_understood_by_systemd(name: str, tmp_path: Path) -> None:
    units = [path for kind in ("service", "socket") for path in (ROOT / "packaging").glob(f"*.{kind}")]
    assert name in {path.name for path in units}
    for source in units:  # a socket is looked at with its service
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", source.read_text(), flags=re.MULTILINE)
        (tmp_path / source.name).write_text(text)
    command = ["systemd-analyze", "verify", tmp_path / name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line]  # not of the machine's own
    assert (done.returncode, said) == (0, [])


@needs_program("git")
def test_no_link_is_kept() -> None:
    """One that somebody has in a checkout leads nowhere in any other."""
    done = subprocess.run(
        ["git", "ls-files", "--stage"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert [line for line in done.stdout.splitlines() if line.startswith("120000")] == []
