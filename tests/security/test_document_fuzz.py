"""Every operation of the OpenAPI document, asked well and badly: no 5xx, and every answer is described.

With fixed seeds by default; `KUMA_LITE_FUZZ_SECONDS=600` looks for new trouble for that long.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.security.ground import Ground
from tests.security.test_fuzz import (
    LONG_S,
    _encodable,
    changed,
    check,
    hostile_texts,
    leaves,
    profile,
    target,
)
from tests.servers.schemas import misfits
from tests.support import http

__all__ = ["target"]
JSON, PROBLEM = "application/json", "application/problem+json"
# A stream has no end, a backup is a file, and an import or a restart would take the ground away.
LEFT_OUT = re.compile(r"/api/v1/(events|backup|import|figures|config/apply)")
_USUAL = ["1", "2", "shop"]


@dataclass(frozen=True)
class Operation:
    """One of the document."""

    method: str
    path: str
    described: dict[str, Any]


def operations(document: dict[str, Any]) -> list[Operation]:
    return [
        Operation(method.upper(), path, described)
        for path, item in document["paths"].items()
        for method, described in item.items()
        if not LEFT_OUT.match(path)
    ]


@st.composite
def asks(draw: st.DrawFn, found: list[Operation]) -> tuple[Operation, str, Any]:
    """An operation, its address, and a body or None."""
    one = draw(st.sampled_from(found))
    parts = re.split(r"\{[^}]*\}", one.path)
    path = parts[0]
    for part in parts[1:]:
        value = draw(st.sampled_from(_USUAL) | hostile_texts | st.text(max_size=10))
        # With a slash in it, it would be an address of something else.
        path += (quote(_encodable(value.replace("/", "")), safe="") or "1") + part
    names = [
        parameter["name"] for parameter in one.described.get("parameters") or () if parameter["in"] == "query"
    ]
    chosen = draw(st.lists(st.sampled_from(names), max_size=3)) if names else []
    query = "&".join(f"{name}={quote(_encodable(str(draw(leaves))))[:500]}" for name in chosen)
    content = one.described.get("requestBody", {}).get("content", {}).get(JSON)
    body = None
    if content is not None:
        examples = [example["value"] for example in content["examples"].values()]
        body = draw(st.sampled_from(examples))
        if draw(st.integers(0, 3)):
            (body, *_) = draw(changed([body])) or [None]
    return one, f"{path[:4000]}?{query}", body


def undescribed(one: Operation, answer: http.Response, document: dict[str, Any]) -> list[str]:
    """What the document does not say of an answer."""
    described = one.described["responses"].get(str(answer.status))
    if described is None:
        return [f"{answer.status} is not described"]
    content = described.get("content") or {}
    if not content:
        return [] if not answer.body else [f"there is a body: {answer.text[:100]}"]
    kind = answer.headers["content-type"].partition(";")[0]
    if kind not in content:
        return [f"{kind} is not described"]
    return misfits(answer.json(), content[kind]["schema"], document) if kind in (JSON, PROBLEM) else []


@pytest.mark.timeout(LONG_S + 300)
def test_every_answer_is_described(target: Ground) -> None:
    async def prepare() -> tuple[dict[str, Any], str]:
        accounts = target.server.appliance._ground.accounts
        document = (await http.get(f"{target.url}/api/v1/openapi.json", timeout=150)).json()
        return document, accounts.token_for(await accounts._user(1))

    document, token = target.run(prepare)
    known = [one for one in operations(document) if one.described["security"] == [{"token": []}]]
    assert len(known) > 90
    tried: set[str] = set()

    async def ask(found: list[tuple[Operation, str, Any]]) -> None:
        wrong: list[Any] = []
        for one, address, body in found:
            if one.path.endswith("/tokens/{key}") or (
                one.method == "PATCH" and one.path.endswith("/settings")
            ):
                continue  # it would change what others of this file stand on
            given = {"Authorization": f"Bearer {token}", "Content-Type": JSON}
            text = b"" if body is None else json.dumps(body).encode()
            try:
                answer = await http.request(one.method, target.url + address, body=text, headers=given)
            except (OSError, asyncio.IncompleteReadError):
                assert len(address) > 4000, address  # cut off while it still sends
                continue
            tried.add(one.described["operationId"])
            if problems := undescribed(one, answer, document):
                wrong.append(
                    (problems[:3], one.method, address[:300], body, answer.status, answer.text[:300])
                )
        assert wrong == []

    # Each once, as the document shows it.
    target.run(lambda: ask([_shown(one) for one in known if one.method != "DELETE"]))

    @profile(150)
    @given(st.lists(asks(known), min_size=1, max_size=4))
    def run(found: list[tuple[Operation, str, Any]]) -> None:
        target.run(lambda: ask(found))
        check(target)

    run()
    assert len(tried) > 90


def _shown(one: Operation) -> tuple[Operation, str, Any]:
    content = one.described.get("requestBody", {}).get("content", {}).get(JSON)
    body = next(iter(content["examples"].values()))["value"] if content else None
    return one, re.sub(r"\{[^}]*\}", "1", one.path), body
