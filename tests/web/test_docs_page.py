"""The API's page for people."""

from __future__ import annotations

import re

import pytest

from kuma_lite.web.docs_page import docs_page
from tests.management.test_api import Api, api
from tests.support import http

__all__ = ["api"]


@pytest.mark.timeout(240)
async def test_the_page_has_every_operation_and_needs_nothing_from_elsewhere(api: Api) -> None:
    base = f"{api.server.url}/api/v1"
    answer = await http.get(f"{base}/docs", timeout=150)  # it is made now
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    text = answer.text
    document = (await http.get(f"{base}/openapi.json")).json()
    for item in document["paths"].values():
        for operation in item.values():
            assert f'<article id="{operation["operationId"]}">' in text
    identifiers = re.findall(r' id="([^"]+)"', text)
    assert len(identifiers) == len(set(identifiers))
    links = set(re.findall(r'href="#([^"]+)"', text))
    assert links <= set(identifiers)
    loaded = set(re.findall(r'(?:src|href)="([^#"][^"]*)"', text))
    assert loaded == {"docs/style.css", "docs/script.js", "openapi.json"}
    assert "style=" not in text
    assert "onclick" not in text
    for name, kind in (("style.css", "text/css"), ("script.js", "text/javascript")):
        file = await http.get(f"{base}/docs/{name}")
        assert (file.status, file.headers["content-type"]) == (200, f"{kind}; charset=utf-8")
    assert len(text) < 3_000_000


def test_texts_are_no_markup() -> None:
    operation = {
        "operationId": "a",
        "description": "<script>`x`",
        "responses": {"200": {"description": "<b>"}},
        "parameters": [{"name": "<i>", "in": "query", "schema": {"type": "string"}}],
    }
    page = docs_page({"paths": {"/<u>": {"get": operation}}, "components": {"schemas": {}}})
    assert "&lt;script&gt;<code>x</code>" in page
    assert not re.search(r"<(script>|i>|u>)", page)
