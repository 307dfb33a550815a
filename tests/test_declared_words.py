"""What the page translates of the monitor types: labels, choices and units, each in every language.

Descriptions and helps of the types, and what services declare beyond words that types use too, are English.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from kuma_lite.monitors.doors.routes import describe
from tests.requires import ROOT

WORDS = ROOT / "frontend/src/words"
LANGUAGES = sorted(path.stem for path in WORDS.glob("*.json") if path.stem != "en")


GAMES = "game"  # its choices are proper names


def _texts_of(fields: list[dict[str, Any]]) -> set[str]:
    texts = {field["label"] for field in fields}
    choosing = [field for field in fields if field["name"] != GAMES]
    texts |= {str(choice["label"]) for field in choosing for choice in field.get("choices") or ()}
    return texts | {field["unit"] for field in fields if field.get("unit")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_of_the_types_is_translated(language: str) -> None:
    declared = describe()
    texts = _texts_of(declared["common"])
    for kind in declared["types"]:
        texts |= {kind["label"]} | _texts_of(kind["fields"])
    same = json.loads((ROOT / "frontend/scripts/same-words.json").read_text())["declared"]
    translated = json.loads((WORDS / "declared" / f"{language}.json").read_text())
    assert texts - set(same) - set(translated) == set()
    assert set(translated) - texts == set()
