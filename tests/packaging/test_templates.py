"""What others install us with: written from one description, current, and right by their own linters."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import yaml

from kuma_lite import __version__
from kuma_lite.core.config import PREFIX, SETTINGS
from kuma_lite.core.limits import DEFAULT_PORT
from tests.requires import ROOT, find_program, needs_program

PACKAGING = ROOT / "packaging"
SCRIPT = runpy.run_path(str(PACKAGING / "templates.py"))
RENDERED: dict[Path, tuple[str, int]] = SCRIPT["rendered"]()
YAML = [path for path in RENDERED if path.suffix in (".yaml", ".yml") and "templates" not in path.parts]
CHART = PACKAGING / "helm" / "kuma-lite"
# Lines as long as their sentences; a document needs no mark at its beginning.
YAML_RULES = "{extends: default, rules: {line-length: disable, document-start: disable, comments: disable}}"
REGISTRIES = (
    "pypi",
    "npmjs",
    "crates.io",
    "ghcr.io",
    "docker.io",
    "deb.debian",
    "maven",
    "proxy.golang",
    "quay.io",
)


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGING))


@pytest.mark.parametrize("path", RENDERED, ids=named)
def test_they_are_current(path: Path) -> None:
    text, mode = RENDERED[path]
    assert path.read_text() == text, "run `make templates`"
    assert path.stat().st_mode & 0o111 == mode & 0o111
    assert not re.search(r"@[a-z_.]+@", text)
    assert not [host for host in REGISTRIES if host in text.lower()]


def test_nothing_is_left_of_what_is_no_longer_made() -> None:
    folders = {path.relative_to(PACKAGING).parts[0] for path in RENDERED if path.parent != PACKAGING}
    there = {path for folder in folders for path in (PACKAGING / folder).rglob("*") if path.is_file()}
    assert there == {path for path in RENDERED if path.parent != PACKAGING}
    assert folders == {"casaos", "helm", "home-assistant", "homebrew", "nix", "proxmox", "truenas", "unraid"}


def test_the_description_is_that_of_the_program() -> None:
    found = tomllib.loads((PACKAGING / "appliance.toml").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert found["port"] == DEFAULT_PORT and found["licence"] == project["license"]
    assert found["summary"] == project["description"].rstrip(".")
    ours = {entry["name"] for entry in found["env"]} - {"TZ", "PUID", "PGID"}
    assert ours <= {PREFIX + name.upper() for name in SETTINGS}
    for path, (text, _) in RENDERED.items():
        if path.parent != PACKAGING and path.name in (
            "kuma-lite.xml",
            "Chart.yaml",
            "flake.nix",
            "config.yaml",
        ):
            assert __version__ in text, path


def test_an_unknown_mark_is_refused_and_lists_are_repeated() -> None:
    values: dict[str, Any] = {"name": "x", "env": [{"name": "A"}, {"name": "B"}]}
    text = "name: @name@\n  @each env@- @env.name@ of @name@\n"
    assert SCRIPT["filled"](text, values) == "name: x\n  - A of x\n  - B of x\n"
    with pytest.raises(KeyError, match="colour"):
        SCRIPT["filled"]("@colour@\n", values)


# --- linters -----------------------------------------------------------------------------------------------


def passes(program: str, *words: str | Path, env: dict[str, str] | None = None) -> str:
    command = [find_program(program) or program, *words]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, env={**os.environ, **(env or {})}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("path", YAML, ids=named)
def test_yaml_is_read(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text()), dict)


@needs_program("yamllint")
@pytest.mark.parametrize("path", YAML, ids=named)
def test_yamllint_finds_nothing(path: Path) -> None:
    passes("yamllint", "--strict", "-d", YAML_RULES, path)


@needs_program("helm")
@pytest.mark.parametrize(
    "wishes",
    [
        (),
        ("ingress.enabled=true", "ingress.tlsSecret=t", "ingress.className=nginx", "rawSockets=true"),
        ("persistence.existingClaim=mine", "image.tag=edge", "env.KUMA_LITE_LOG_LEVEL=debug"),
    ],
)
def test_the_chart_is_good(wishes: tuple[str, ...], tmp_path: Path) -> None:
    options = [word for wish in wishes for word in ("--set", wish)]
    home = {name: str(tmp_path) for name in ("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME")}
    passes("helm", "lint", "--strict", CHART, *options, env=home)
    documents = list(yaml.safe_load_all(passes("helm", "template", "watch", CHART, *options, env=home)))
    found = {document["kind"]: document for document in documents if document}
    pod = found["StatefulSet"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert found["Service"]["spec"]["ports"][0]["targetPort"] == container["ports"][0]["name"]
    volumes = {volume["name"] for volume in pod["volumes"]}
    volumes |= {
        claim["metadata"]["name"] for claim in found["StatefulSet"]["spec"].get("volumeClaimTemplates", [])
    }
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes == {"data", "tmp"}
    assert ("Ingress" in found) == ("ingress.enabled=true" in wishes)
    assert container["image"].endswith(":edge" if "image.tag=edge" in wishes else f":{__version__}")


@needs_program("ruby")
def test_ruby_reads_the_formula() -> None:
    assert "Syntax OK" in passes("ruby", "-wc", PACKAGING / "homebrew" / "kuma-lite.rb")


@needs_program("nix-instantiate")
def test_nix_reads_the_flake(tmp_path: Path) -> None:
    state = {name: str(tmp_path) for name in ("NIX_STATE_DIR", "NIX_STORE_DIR", "NIX_LOG_DIR", "HOME")}
    passes("nix-instantiate", "--parse", PACKAGING / "nix" / "flake.nix", env=state)


def test_the_template_of_unraid() -> None:
    path = PACKAGING / "unraid" / "kuma-lite.xml"
    root = ET.parse(path).getroot()
    kinds = [config.get("Type") for config in root.findall("Config")]
    assert kinds == ["Port", "Path", *(["Variable"] * (len(kinds) - 2))]
    if find_program("xmllint"):
        passes("xmllint", "--noout", path)


@needs_program("shellcheck")
def test_the_script_of_proxmox_is_good_shell() -> None:
    passes("shellcheck", "--shell=sh", PACKAGING / "proxmox" / "kuma-lite.sh")


@pytest.mark.parametrize("fails", [False, True])
def test_the_script_of_proxmox_makes_a_container_or_leaves_none(tmp_path: Path, fails: bool) -> None:
    calls = tmp_path / "calls"
    answers = {
        "pvesh": "echo 107",
        "pveam": (
            'case $1 in available) echo "system debian-12-standard_12.7-1_amd64.tar.zst"\n'
            'echo "system debian-11-standard_11.7-1_amd64.tar.zst" ;; esac'
        ),
        "pct": f'case "$*" in *install.sh*) exit {int(fails)} ;; *" hostname "*) echo "192.0.2.7 x" ;; esac',
        "id": "echo 0",
    }
    for name, text in answers.items():
        path = tmp_path / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >> {calls}\n{text}\n')
        path.chmod(0o755)
    done = subprocess.run(
        ["sh", PACKAGING / "proxmox" / "kuma-lite.sh", "--memory", "512"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    called = calls.read_text().splitlines()
    (created,) = [line for line in called if line.startswith("pct create")]
    assert created.startswith("pct create 107 local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst ")
    assert "--memory 512 " in created and "pveam download local debian-12-standard" in calls.read_text()
    assert (done.returncode != 0) == fails == ("pct destroy 107" in called)
    assert ("http://192.0.2.7:3001/" in done.stdout) == (not fails)
