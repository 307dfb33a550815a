"""The page's form against the declarations: what it recognises, and that it changes nothing by itself."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any, Final

import pytest

from kuma_lite.core.errors import UserError
from kuma_lite.monitors.document.fields import HIDDEN
from kuma_lite.monitors.doors.routes import describe
from kuma_lite.monitors.service import Monitors
from tests.monitors.test_service import monitors_on
from tests.requires import needs_path, needs_program
from tests.support.actors import OWNER
from tests.support.storage import opened

FRONTEND: Final = Path(__file__).parents[3] / "frontend"
VITEST: Final = FRONTEND / "node_modules" / "vitest" / "vitest.mjs"
TESTS: Final = "src/screens/monitor-form/declared/"

pytestmark = [needs_program("node"), needs_path(VITEST, "the packages of the page")]

SAMPLES: Final[dict[str, Any]] = {
    "url": "https://shop.example.org/",
    "host": "shop.example.org",
    "port": 4321,
    "json": '{"a": "b"}',
    "switch": True,
    "list": ["one.example:1"],
    "status-codes": ["204", "300-399"],
    "token": "abcdefgh" * 4,
    "text": "sample",
    "password": "secret word",
    "textarea": "some\ntext",
    "number": 33,
    "reference": 7,
}


def _candidates(field: dict[str, Any]) -> list[Any]:
    """Values of a field, those unlike its default first."""
    if field["kind"] == "select":
        return [field["choices"][-1]["value"]]
    if field["kind"] == "number":
        return [min(SAMPLES["number"], field.get("maximum", SAMPLES["number"]))]
    steps = '[{"url": "https://shop.example.org/"}]'
    found = [
        SAMPLES.get(field["kind"]),
        field.get("placeholder"),
        f"{SAMPLES['url']}x",
        steps,
        field["default"],
    ]
    return [value for value in found if value not in ("", None, [], ())]


async def _document(monitors: Monitors, kind: dict[str, Any], *, full: bool) -> dict[str, Any]:
    """A document in which every field that takes one has a value; without `full`, what is required alone."""
    document: dict[str, Any] = {"type": kind["name"], "name": kind["label"], "active": False}
    fields = sorted([*kind["fields"], *describe()["common"]], key=lambda field: not field.get("required"))
    for field in fields:
        if field["name"] in ("name", "parent") or not (full or field.get("required")):
            continue
        for value in _candidates(field):
            tried = {**document, field["name"]: value}
            try:
                await monitors.draft(OWNER, tried)
            except UserError:
                continue
            document = tried
            break
    return document


def _shown(monitors: Monitors, monitor_id: int) -> dict[str, Any]:
    """As the page is given it (`doors.page`)."""
    found = monitors.find(monitor_id)
    assert found is not None
    return {**monitors.wire(found, sensitive=True), **{key: found.get(key) for key in HIDDEN}}


async def _vitest(folder: Path, **files: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *("node", str(VITEST), "run", TESTS, "--no-color"),
        cwd=FRONTEND,
        env={**os.environ, **{name.upper(): str(path) for name, path in files.items()}},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()[-6000:]


@pytest.mark.timeout(180)
async def test_a_line_is_recognised_and_an_edit_of_any_type_saves_what_it_found(tmp_path: Path) -> None:
    types, stored, edited = tmp_path / "types.json", tmp_path / "stored.json", tmp_path / "edited.json"
    types.write_text(json.dumps(describe()))
    async with opened(tmp_path) as storage:
        monitors = monitors_on(storage)
        before: dict[int, dict[str, Any]] = {}
        for kind in describe()["types"]:
            for full in (True, False):
                made = await monitors.add(OWNER, await _document(monitors, kind, full=full))
                before[made.id] = _shown(monitors, made.id)
        stored.write_text(json.dumps(list(before.values())))
        await _vitest(tmp_path, monitor_types=types, monitors_stored=stored, monitors_edited=edited)
        for wire in json.loads(edited.read_text()):
            await monitors.edit(OWNER, wire)
            assert _shown(monitors, wire["id"]) == before[wire["id"]], wire["type"]
        assert len(before) == 2 * len(describe()["types"])
