"""The doctor as an owner has it on the page."""

from __future__ import annotations

import base64
import io
import json
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kuma_lite.doctor.model import Level
from tests.support.appliance import CREDENTIALS, Running, running

PASSWORD = CREDENTIALS["password"]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path / "data") as found:
        yield found


async def test_the_worst_is_told_first(server: Running) -> None:
    async with server.logged_in("/page") as page:
        findings = (await page.call("healthCheck"))["findings"]
    order = [list(Level).index(each["level"]) for each in findings]
    assert order == sorted(order, reverse=True)
    told = {each["what"]: each for each in findings}
    assert told["Backups"]["do"].startswith("Settings → System → Backups")
    assert told["Database"]["level"] == "ok"


async def test_the_archive_wants_the_password_and_has_no_secrets(server: Running, tmp_path: Path) -> None:
    async with server.logged_in("/page") as page:
        await page.call("setSettings", {"steamAPIKey": "a-key-of-steam"}, PASSWORD)
        assert (await page.call("supportArchive", "no"))["ok"] is False
        answer = await page.call("supportArchive", PASSWORD)
    assert answer["name"].endswith(".tar.gz")
    with tarfile.open(fileobj=io.BytesIO(base64.b64decode(answer["content"]))) as tar:
        files = {member.name.split("/")[1]: tar.extractfile(member) for member in tar}
        texts = {name: file.read().decode() for name, file in files.items() if file}
    assert set(texts) == {"doctor.json", "settings.json", "counts.json"}
    assert json.loads(texts["counts.json"])["user"] == 1
    assert str(tmp_path) in texts["doctor.json"]
    assert not any("a-key-of-steam" in text or PASSWORD in text for text in texts.values())
