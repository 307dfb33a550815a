from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Message
from kuma_lite.notifications.services import apprise
from tests.notifications.samples import DOWN, EXPIRY, TEST, UP
from tests.notifications.services.conftest import Send

PROGRAM = """#!{python}
import json, sys, time
json.dump(sys.argv[1:], open({log!r}, "w"))
text = " ".join(sys.argv)
if "hang://" in text: time.sleep(60)
print("2026 - ERROR - no such service" if "bad://" in text else "" if "mute://" in text else "sent")
sys.exit(1 if "code://" in text else 0)
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program called `apprise` that notes its arguments; returns where."""
    log, file = tmp_path / "arguments.json", tmp_path / "apprise"
    file.write_text(PROGRAM.format(python=sys.executable, log=str(log)))
    file.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(apprise, "has_library", lambda: False)
    return log


async def test_the_program_gets_arguments_and_no_shell(program: Path, send: Send) -> None:
    message = Message("a $(touch x) `b`; \"c\" 'd'\n-b e Testing")
    assert (
        await send(message, type="apprise", appriseURL="json://h/;rm -rf /", title="-t")
        == "Sent Successfully."
    )
    assert json.loads(program.read_text()) == [
        "-vv", "-n", "info", "-b", message.text, "-t", "-t", "--", "json://h/;rm -rf /",
    ]  # fmt: skip


async def test_several_urls_and_no_title(program: Path, send: Send) -> None:
    await send(DOWN, type="apprise", appriseURL="json://a/?x=1,2\nxml://b/ , mailto://c")
    assert json.loads(program.read_text())[-4:] == ["--", "json://a/?x=1,2", "xml://b/", "mailto://c"]
    assert "-t" not in json.loads(program.read_text())


async def test_what_the_program_says(program: Path, send: Send) -> None:
    with pytest.raises(DeliveryFailed, match="said nothing"):
        await send(TEST, type="apprise", appriseURL="mute://")
    with pytest.raises(DeliveryFailed, match="ERROR - no such service") as failed:
        await send(TEST, type="apprise", appriseURL="bad://")
    assert not failed.value.permanent
    with pytest.raises(DeliveryFailed):
        await send(TEST, type="apprise", appriseURL="code://")


async def test_a_hanging_program_is_ended(program: Path, send: Send) -> None:
    with pytest.raises(DeliveryFailed, match="No answer within"):
        await send(TEST, type="apprise", appriseURL="hang://", timeout=1.0)
    async with asyncio.timeout(10):
        while any(str(program.parent).encode() in line for line in command_lines()):
            await asyncio.sleep(0.05)


def command_lines() -> Iterator[bytes]:
    """Of all programs that run."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            yield path.read_bytes()


async def test_neither_library_nor_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, send: Send
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(apprise, "has_library", lambda: False)
    assert not apprise.is_installed()
    with pytest.raises(DeliveryFailed, match="Apprise is not installed") as failed:
        await send(TEST, type="apprise", appriseURL="json://x")
    assert failed.value.permanent


async def test_no_url_at_all(send: Send) -> None:
    with pytest.raises(DeliveryFailed, match="lacks the required field 'Apprise URL'"):
        await send(TEST, type="apprise", appriseURL="  \n")


def test_the_program_counts_as_installed(program: Path) -> None:
    assert apprise.is_installed()


@pytest.mark.parametrize(
    ("message", "kind"), [(DOWN, "failure"), (UP, "success"), (EXPIRY, "warning"), (TEST, "info")]
)
def test_kind(message: Message, kind: str) -> None:
    assert apprise.kind_of(message) == kind


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("", []),
        (" json://a ", ["json://a"]),
        ("json://a,xml://b;form://c json://d", ["json://a", "xml://b", "form://c", "json://d"]),
        ("json://a/?to=x,y&z=1", ["json://a/?to=x,y&z=1"]),
        ("mailto://u:p@h?to=a b\ntgram://t/c", ["mailto://u:p@h?to=a b", "tgram://t/c"]),
    ],
)
def test_splitting(text: str, urls: list[str]) -> None:
    assert apprise.split_urls(text) == urls


# --- what is made of the library; `test_apprise_library` has the real one ----------------------------------


class _Sender:
    """Behaves like the library's class towards our code: refuses `bad://`, fails on `down://`."""

    calls: list[dict[str, Any]] = []

    def __init__(self) -> None:
        self.urls: list[str] = []

    def add(self, url: str) -> bool:
        self.urls.append(url)
        return not url.startswith("bad") or self.complain()

    def notify(self, **named: Any) -> bool:
        self.calls.append({**named, "urls": self.urls})
        return not any(url.startswith("down") for url in self.urls) or self.complain()

    def complain(self) -> bool:
        logging.getLogger("apprise").info("not worth telling")
        logging.getLogger("apprise").warning("what the library said")
        return False


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> type[_Sender]:
    module: Any = ModuleType("apprise")
    module.Apprise = _Sender
    monkeypatch.setitem(sys.modules, "apprise", module)
    monkeypatch.setattr(apprise, "has_library", lambda: True)
    _Sender.calls = []
    return _Sender


async def test_the_library_is_preferred(library: type[_Sender], send: Send) -> None:
    assert await send(UP, type="apprise", appriseURL="a://1 b://2", title="T") == "Sent Successfully."
    assert library.calls == [
        {"body": UP.text, "title": "T", "notify_type": "success", "urls": ["a://1", "b://2"]}
    ]


@pytest.mark.parametrize(("url", "permanent", "asked"), [("bad://x a://1", True, 0), ("down://x", False, 1)])
async def test_failures_of_the_library(
    library: type[_Sender], send: Send, url: str, permanent: bool, asked: int
) -> None:
    with pytest.raises(DeliveryFailed, match="^what the library said$") as failed:
        await send(UP, type="apprise", appriseURL=url)
    assert failed.value.permanent is permanent
    assert len(library.calls) == asked
