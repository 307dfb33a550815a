"""The list of libraries is that of the declarations, and says what the libraries say."""

from __future__ import annotations

import json
import re
import tomllib
from importlib import metadata

import pytest

from kuma_lite.tools.licences import OWN, PAGE, SERVER
from tests.requires import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_lists_what_is_declared() -> None:
    declared = [re.split(r"[^\w.-]", entry)[0] for entry in PROJECT["dependencies"]]
    assert list(SERVER) == declared
    page = json.loads((ROOT / "frontend/package.json").read_text("utf-8"))
    assert sorted(PAGE) == sorted(page["dependencies"])
    assert PROJECT["license"] == page["license"] == OWN


@pytest.mark.parametrize(("name", "licence"), SERVER.items())
def test_says_what_the_library_says(name: str, licence: str) -> None:
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        pytest.skip(f"{name} is not installed here")
    expression = told["License-Expression"]
    if expression is not None:
        assert expression == licence
        return
    words = " ".join([told["License"] or "", *(told.get_all("Classifier") or [])]).lower()
    # Older metadata is prose: the family has to be named.
    families = [re.split(r"[-\d]", part)[0].lower() for part in licence.split(" OR ")]
    assert all(family in words for family in families) or "any-osi" in words, (name, words)
