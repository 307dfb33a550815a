"""The texts of declarations and the sentences of the server, in every language of the page.

`make lists` (`python -m tests.test_page_texts`) writes `frontend/scripts/server-texts.json`, what there is to
translate; `npm run words` in `frontend/` tells what languages lack, and takes it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import pytest

from kuma_lite.checks import describe_types
from tests.requires import ROOT
from tests.support import page_texts

WORDS: Final = ROOT / "frontend/src/words"
LIST: Final = ROOT / "frontend/scripts/server-texts.json"
# Languages whose translators have not ended: what they lack is English meanwhile. Every other has all of it.
UNFINISHED: Final[frozenset[str]] = frozenset()

LANGUAGES: Final = sorted(path.stem for path in WORDS.glob("*.json") if path.stem != "en")
KINDS: Final = ("declared", "services", "sentences")
FILES: Final = [pytest.param(kind, code, id=f"{kind}-{code}") for kind in KINDS for code in LANGUAGES]
SLOT: Final = re.compile(r"\{\w+\}")
ADDRESS: Final = re.compile(r"https?://[^\s,;)（），。、؛]+[^\s,;.:)（），。、؛]")


def extracted() -> dict[str, list[str]]:
    """What there is to translate, by the folder of its translations."""
    types, services = page_texts.declared()
    same = set(written_alike())
    found = {"declared": types, "services": services, "sentences": page_texts.sentences()}
    return {kind: [text for text in texts if text not in same] for kind, texts in found.items()}


def written_alike() -> list[str]:
    """Names and codes that are the same in every language."""
    alike: list[str] = json.loads((ROOT / "frontend/scripts/same-words.json").read_text())["declared"]
    return alike


def written(texts: dict[str, list[str]]) -> str:
    return json.dumps(texts, ensure_ascii=False, indent=1) + "\n"


def translations(path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return found


@pytest.fixture(scope="module")
def texts() -> dict[str, list[str]]:
    listed: dict[str, list[str]] = json.loads(LIST.read_text())
    return listed


def test_the_list_is_fresh(texts: dict[str, list[str]]) -> None:
    assert texts == extracted(), "run `make lists`"
    formatted = re.compile(r"(?<!\$)\{\w+[:!]")
    assert [text for text in texts["sentences"] if formatted.search(text)] == [], "round it before"
    assert len(texts["services"]) > 400 < len(texts["sentences"])


def test_what_is_written_alike_is_declared() -> None:
    types, services = page_texts.declared()
    assert set(written_alike()) - {*types, *services} == set()


def test_the_page_has_a_name_for_every_monitor_type() -> None:
    names = {f"type.{kind['name']}" for kind in describe_types()["types"]}
    assert names - json.loads((WORDS / "en.json").read_text()).keys() == set()


def test_what_is_not_said_is_in_the_program() -> None:
    assert page_texts.UNSAID - page_texts.literals() == set()


@pytest.mark.parametrize(("kind", "code"), FILES)
def test_a_language_has_every_text_and_no_other(kind: str, code: str, texts: dict[str, list[str]]) -> None:
    found = translations(WORDS / kind / f"{code}.json")
    assert set(found) - set(texts[kind]) == set(), "run `npm run words -- FILE`, which drops them"
    if code not in UNFINISHED:
        assert set(texts[kind]) - set(found) == set(), "`npm run words` lists them"


@pytest.mark.parametrize(("kind", "code"), FILES)
def test_values_and_links_are_those_of_the_english_text(kind: str, code: str) -> None:
    for text, translation in translations(WORDS / kind / f"{code}.json").items():
        assert sorted(SLOT.findall(text)) == sorted(SLOT.findall(translation)), text
        assert sorted(ADDRESS.findall(text)) == sorted(ADDRESS.findall(translation)), text
        assert translation.strip() == translation, text
        assert translation, text


@pytest.mark.parametrize("code", sorted(set(LANGUAGES) - UNFINISHED))
def test_sentences_are_translated(code: str, texts: dict[str, list[str]]) -> None:
    for kind in ("sentences", "services"):
        found = translations(WORDS / kind / f"{code}.json")
        alike = [text for text in texts[kind] if text.endswith(".") and found.get(text) == text]
        assert alike == []


if __name__ == "__main__":
    LIST.write_text(written(extracted()))
