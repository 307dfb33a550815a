from __future__ import annotations

import io
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.log import redact, set_up_logging


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    yield logger
    logger.handlers, logger.level = handlers, level
    for name in ("asyncio", "_granian"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("plain words", "plain words"),
        ("GET https://example.com/?page=2", "GET https://example.com/?page=2"),
        ("postgres://kuma:hunter2@db/kuma", "postgres://***@db/kuma"),
        ("https://:hunter2@example.com", "https://***@example.com"),
        ("https://x/?a=1&token=hunter2&b=2", "https://x/?a=1&token=***&b=2"),
        ("https://x/?api_key=hunter2#top", "https://x/?api_key=***#top"),
        ("https://x/?accessToken=hunter2", "https://x/?accessToken=***"),
        ('{"password": "hun\\"ter2", "name": "x"}', '{"password": "***", "name": "x"}'),
        ("{'currentPassword': 'hunter2'}", "{'currentPassword': \"***\"}"),
        ("Authorization: Bearer hunter2-x", "Authorization: Bearer ***"),
        ("authorization: basic aHVudGVyMg==", "authorization: basic ***"),
        ("token eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.sig-nature", "token ***"),
        ("GET /api/push/AbCdEf123456?status=up", "GET /api/push/***?status=up"),
    ],
)
def test_redaction(text: str, clean: str | None) -> None:
    assert "hunter2" not in redact(text)
    assert clean is None or redact(text) == clean


@given(st.text(alphabet=st.characters(whitelist_categories=("L", "N")), min_size=6, max_size=40))
def test_no_password_in_an_address_survives(password: str) -> None:
    assert f":{password}@" not in redact(f"connect to https://user:{password}@host/path")


@given(st.text())
def test_redaction_never_fails(text: str) -> None:
    assert isinstance(redact(text), str)


def test_lines_for_people(root: logging.Logger) -> None:
    stream = io.StringIO()
    set_up_logging("info", "text", stream)
    record = logging.LogRecord("kuma_lite.web.server", logging.INFO, "", 0, "Ready at %s", ("here",), None)
    record.created = 1_795_311_015.5
    root.handle(record)
    assert stream.getvalue() == "2026-11-22 01:30:15 INFO    web.server: Ready at here\n"


def test_lines_for_machines(root: logging.Logger) -> None:
    stream = io.StringIO()
    set_up_logging("info", "json", stream)
    try:
        raise ValueError("https://user:hunter2@host")
    except ValueError:
        logging.getLogger("kuma_lite.x").exception('failed\nwith ?token="hunter2"')
    entry = json.loads(stream.getvalue())
    assert set(entry) == {"time", "level", "module", "msg", "trace"}
    assert (entry["level"], entry["module"]) == ("error", "x")
    assert entry["time"].endswith("Z")
    assert "ValueError" in entry["trace"]
    assert "hunter2" not in stream.getvalue()


def test_lines_for_the_journal(root: logging.Logger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each line has its priority, those of a trace as well; a person's terminal has time and level."""
    with (tmp_path / "journal").open("w+") as stream:
        status = os.fstat(stream.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino}")
        set_up_logging("debug", "text", stream)
        log = logging.getLogger("kuma_lite.x")
        for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
            log.log(level, "one\ntwo")
        try:
            raise ValueError("https://user:hunter2@host")
        except ValueError:
            log.exception("failed")
        stream.seek(0)
        lines = stream.read().splitlines()
    assert lines[:4] == ["<7>x: one", "<7>two", "<6>x: one", "<6>two"]
    assert [line[:3] for line in lines[4:10]] == ["<4>", "<4>", "<3>", "<3>", "<2>", "<2>"]
    assert len(lines) > 13
    assert all(line.startswith("<3>") for line in lines[10:])
    assert "hunter2" not in "".join(lines)


def test_traces_are_shown_to_people_without_secrets(root: logging.Logger) -> None:
    stream = io.StringIO()
    set_up_logging(stream=stream)
    try:
        raise ValueError("mqtt://user:hunter2@broker")
    except ValueError:
        logging.getLogger("other").exception("failed")
    assert "ValueError: mqtt://***@broker" in stream.getvalue()


def test_level(root: logging.Logger) -> None:
    stream = io.StringIO()
    set_up_logging("warning", stream=stream)
    logging.getLogger("kuma_lite.x").info("quiet")
    logging.getLogger("kuma_lite.x").warning("loud")
    assert stream.getvalue().count("\n") == 1


def test_the_web_server_s_own_chatter_is_left_out(root: logging.Logger) -> None:
    stream = io.StringIO()
    set_up_logging("debug", stream=stream)
    logging.getLogger("_granian").warning("Embedded server is experimental!")
    logging.getLogger("asyncio").info("Using selector")
    assert stream.getvalue() == ""
