from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.notifications.services.support import texts

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("monitor", "address"),
    [
        (None, ""),
        ({"type": "push", "url": "https://x/"}, "Heartbeat"),
        ({"type": "ping", "hostname": "h", "port": 1}, "h"),
        ({"type": "dns", "hostname": "h", "url": "https://"}, "h"),
        ({"type": "port", "hostname": "h", "port": 22}, "h:22"),
        ({"type": "port", "hostname": "h", "port": None}, "h"),
        ({"type": "steam", "hostname": "h", "port": 27015}, "h:27015"),
        ({"type": "gamedig", "hostname": "h", "port": 1}, "h:1"),
        ({"type": "globalping", "subtype": "ping", "hostname": "h"}, "h"),
        ({"type": "globalping", "subtype": "dns", "hostname": "h"}, "h"),
        ({"type": "globalping", "subtype": "http", "hostname": "h", "url": "https://x/"}, "https://x/"),
        ({"type": "globalping", "subtype": None, "url": "https://x/"}, ""),
        ({"type": "http", "url": "https://x/"}, "https://x/"),
        ({"type": "http", "url": "https://"}, ""),
        ({"type": "mqtt", "url": "http://", "hostname": "h"}, ""),
        ({"type": "group", "url": None}, ""),
        ({}, ""),
    ],
)
def test_address(monitor: dict[str, Any] | None, address: str) -> None:
    assert texts.address(monitor) == address


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (
            {"code": "ERR_BAD_REQUEST", "status": 404, "reason": "Not Found", "body": {"code": 10015}},
            'm (code=ERR_BAD_REQUEST) (HTTP 404 Not Found) {"code":10015}',
        ),
        ({"code": "ECONNREFUSED", "cause": "refused"}, "m (code=ECONNREFUSED) - cause: refused"),
        ({"status": 500, "body": ""}, "m (HTTP 500)"),
        ({}, "m"),
    ],
)
def test_failure_text(parts: dict[str, Any], text: str) -> None:
    assert texts.failure_text("m", **parts) == text


@given(st.text())
def test_escaped_markdown_reads_as_the_text(text: str) -> None:
    escaped = texts.escape_markdown(text)
    assert re.sub(r"\\([_*\[\]()~`>#+\-=|{}.!\\])", r"\1", escaped) == text
    assert not re.search(r"(?<!\\)(?:\\\\)*[_*\[\]()~`>#+=|{}.!-]", escaped)


@given(st.text())
def test_escaped_json_stands_between_quotes(text: str) -> None:
    assert json.loads(f'"{texts.escape_json(text)}"') == text


@given(JSON)
def test_mapping_texts_keeps_the_shape(value: Any) -> None:
    assert texts.map_texts(value, lambda text: text) == value
    marked = texts.map_texts(value, lambda text: "X" + text)
    assert texts.map_texts(marked, lambda text: text[1:]) == value


def test_mapping_texts_changes_texts_at_every_depth_but_no_key() -> None:
    assert texts.map_texts({"a": ["b", {"c": "d"}, 1, None]}, str.upper) == {"a": ["B", {"c": "D"}, 1, None]}


@given(st.text(), st.integers(1, 30))
def test_cut(text: str, limit: int) -> None:
    found = texts.cut(text, limit)
    assert len(found) <= limit
    assert found == text or (found.endswith("…") and text.startswith(found[:-1]))
