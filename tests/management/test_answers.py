"""The document as a property: whatever is sent to any operation, the answer is one that it describes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.management.test_api import Api, api
from tests.management.test_document import document
from tests.servers.schemas import misfits
from tests.support import http

__all__ = ["api"]
HOSTILE: list[Any] = [
    None, True, -1, 0, 1.5, 10**20, "", " ", "x",
    "\x00", "é" * 300, "x" * 5000, "2026-13-45", [], [None], ["x"],
    [[]], {}, {"x": 1}, {"id": "1"},
]  # fmt: skip
KEYS = ["0", "1", "999999999999", "-1", "x", "%00", "é", "x" * 300]
BODIES = [b"", b"[]", b"1", b"null", b'"x"', b"{", b"\xff", b'{"a": NaN}', b'{"name": "x"}', b"[" * 400]
EACH = 9  # requests to an operation
STREAMS = {"/api/v1/events"}  # without an end
# What brings down or changes what the test itself needs.
LEFT_OUT = {
    ("delete", "/api/v1/tokens/{key}"),
    ("delete", "/api/v1/tokens"),
    ("delete", "/api/v1/projects/{key}"),
}


def operations(found: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in found["paths"].items():
        for method, operation in item.items():
            if path.startswith("/api/v1/") and path not in STREAMS and (method, path) not in LEFT_OUT:
                yield method, path, operation


def spoilt(dice: random.Random, operation: dict[str, Any]) -> bytes:
    """An example with one or two fields that do not fit, or something else altogether."""
    content = operation.get("requestBody", {}).get("content", {})
    examples = [one["value"] for media in content.values() for one in media.get("examples", {}).values()]
    if not examples or dice.random() < 0.2:
        return dice.choice(BODIES)
    body = json.loads(json.dumps(dice.choice(examples)))
    if isinstance(body, dict):
        for _ in range(dice.randint(0, 2)):
            name = dice.choice([*body, "nothing"])
            body[name] = dice.choice(HOSTILE)
    return json.dumps(body).encode()


def address(dice: random.Random, path: str, operation: dict[str, Any]) -> str:
    while "{" in path:
        start, _, rest = path.partition("{")
        path = start + dice.choice(KEYS) + rest.partition("}")[2]
    query = [
        f"{one['name']}={quote(str(dice.choice(HOSTILE)))}"
        for one in operation.get("parameters", ())
        if one["in"] == "query" and dice.random() < 0.4
    ]
    return f"{path}?{'&'.join(query)}"


def described(
    answer: http.Response, method: str, operation: dict[str, Any], found: dict[str, Any]
) -> list[str]:
    """What is wrong with an answer."""
    if answer.status >= 500:
        return [f"{answer.status}"]
    response = operation["responses"].get(str(answer.status))
    if response is None:
        return [f"{answer.status} is not described"]
    kind = answer.headers.get("content-type", "").partition(";")[0]
    content = response.get("content") or {}
    if not answer.body or not content:
        return [] if not answer.body and not content else [f"{answer.status}: a body, or none, is described"]
    if kind not in content:
        return [f"{answer.status}: {kind} is not described"]
    if "json" not in kind:
        return []
    return [f"{answer.status}: {one}" for one in misfits(answer.json(), content[kind]["schema"], found)]


@pytest.mark.timeout(280)
@pytest.mark.parametrize("seed", [1, 3])
async def test_whatever_is_sent_the_answer_is_described(
    api: Api, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    found, dice, wrong, tried = await document(api), random.Random(seed), set(), 0
    for method, path, operation in operations(found):
        for _ in range(EACH):
            where, headers = address(dice, path, operation), {"Authorization": f"Bearer {api.token}"}
            body = spoilt(dice, operation) if method != "get" else b""
            if body:
                headers["Content-Type"] = "application/json"
            answer = await http.request(
                method.upper(), f"{api.server.url}{where}", headers=headers, body=body, timeout=60
            )
            wrong |= {f"{method} {path}: {one}" for one in described(answer, method, operation, found)}
            tried += 1
    assert not wrong, "\n".join(sorted(wrong))
    assert tried > 1000
    assert "Traceback" not in caplog.text
