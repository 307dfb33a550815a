"""The key of releases: made once, outside of the repository; what it signs the program takes."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.errors import UserError
from kuma_lite.installing.releases import verified
from tests.requires import ROOT

SCRIPT = runpy.run_path(str(ROOT / "packaging" / "release_key.py"))


def declared_keys(path: Path) -> tuple[str, ...]:
    (value,) = [
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "PUBLIC_KEYS"
    ]
    assert value is not None
    keys: Any = ast.literal_eval(value)
    return tuple(keys)


def test_what_is_signed_is_taken(tmp_path: Path) -> None:
    declared, private = tmp_path / "release_key.py", tmp_path / "secret" / "key.pem"
    declared.write_text((ROOT / "kuma_lite" / "installing" / "release_key.py").read_text())
    before = declared_keys(declared)
    public = SCRIPT["make"](private, declared)
    second = SCRIPT["make"](tmp_path / "second.pem", declared)
    assert declared_keys(declared) == (*before, public, second)
    assert private.stat().st_mode & 0o777 == 0o600
    sums = tmp_path / "SHA256SUMS"
    sums.write_text("0" * 64 + "  kuma-lite-0.1.0-linux-amd64\n")
    signature = SCRIPT["sign"](private, sums).read_bytes()
    keys = declared_keys(declared)
    assert verified(sums.read_bytes(), signature, keys) == {"kuma-lite-0.1.0-linux-amd64": "0" * 64}
    with pytest.raises(UserError):
        verified(sums.read_bytes(), signature, [second])


def test_a_private_key_does_not_come_here(tmp_path: Path) -> None:
    for path in (ROOT / "key.pem", ROOT / "packaging" / "release-key.pem"):
        with pytest.raises(SystemExit, match="in the repository"):
            SCRIPT["make"](path)
        assert not path.exists()
    there = tmp_path / "key.pem"
    there.write_text("mine")
    with pytest.raises(SystemExit, match="exists"):
        SCRIPT["make"](there)
    assert there.read_text() == "mine"


def test_the_repository_has_no_private_key() -> None:
    marker = re.compile(rb"PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}")
    for folder in ("kuma_lite", "packaging"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                assert not marker.search(path.read_bytes()), path
