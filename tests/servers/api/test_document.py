"""The OpenAPI document: what it says fits itself, and what the server does."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.clock import SystemClock, to_ms
from kuma_lite.core.iso_time import iso
from kuma_lite.rest import shapes
from kuma_lite.rest.problems import MEDIA_TYPE
from kuma_lite.rest.requests import WholeQuery
from kuma_lite.servers.api import examples
from tests.servers.api.test_servers import Api, api
from tests.servers.schemas import misfits

JSON = "application/json"
# What removes things comes last.
ORDER = {"get": 0, "post": 1, "patch": 2, "put": 3, "delete": 4}


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Api]:
    async with api(tmp_path / "data") as found:
        yield found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every operation of the Servers API."""
    found = [
        (method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if operation["security"] == [{"token": []}]
    ]
    assert len(found) > 20
    return sorted(found, key=lambda one: (ORDER[one[0]], -len(one[1])))


def bodies(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is sent and answered: status ("" for the request), and schema with examples."""
    if "requestBody" in operation:
        yield "", operation["requestBody"]["content"][JSON]
    for status, answer in operation["responses"].items():
        for media in (JSON, MEDIA_TYPE):
            if media in answer.get("content", ()):
                yield status, answer["content"][media]


async def test_every_example_fits_its_schema(running: Api) -> None:
    document = await running.get("openapi.json")
    for method, path, operation in operations(document):
        for status, media in bodies(operation):
            for example in media["examples"].values():
                assert misfits(example["value"], media["schema"], document) == [], (method, path, status)


async def test_no_schema_is_bare(running: Api) -> None:
    """A generator makes a class of every object, with a type for each of its members."""

    def check(schema: Any, at: str) -> None:
        if not isinstance(schema, dict) or "$ref" in schema:
            return
        kinds = schema.get("type", "")
        if "object" in kinds:
            assert schema.get("properties") or "additionalProperties" in schema, at
        if "array" in kinds:
            assert schema["items"], at
        for key, item in schema.get("properties", {}).items():
            check(item, f"{at}.{key}")
        for key in ("items", "additionalProperties"):
            check(schema.get(key), f"{at}.{key}")

    document = await running.get("openapi.json")
    for name in ("Server", "Incident", "Report", "Token", "Error", "Errors"):
        check(document["components"]["schemas"][name], name)
    for method, path, operation in operations(document):
        for status, media in bodies(operation):
            check(media["schema"], f"{method} {path} {status}")


async def test_the_document_holds_no_placeholder(running: Api) -> None:
    document = await running.get("openapi.json")
    for method, path, operation in operations(document):
        shown = [media["examples"] for _, media in bodies(operation)]
        assert re.search(r"\{\w+\}|…", json.dumps(shown, ensure_ascii=False)) is None, (method, path)


async def test_every_reference_and_key_exists(running: Api) -> None:
    document = await running.get("openapi.json")
    text = json.dumps(document)
    for name in re.findall(r'"#/components/schemas/(\w+)"', text):
        assert name in document["components"]["schemas"]
    keys = {key for _, _, operation in operations(document) for one in operation["security"] for key in one}
    assert keys <= document["components"]["securitySchemes"].keys()
    assert "Bearer" in document["components"]["securitySchemes"]["token"]["description"]


async def test_the_query_is_described_as_it_is_read(running: Api) -> None:
    paths = (await running.get("openapi.json"))["paths"]
    found = {
        (path, one["name"]): one["schema"]
        for path in ("servers", "servers/{key}/metrics", "incidents")
        for one in paths[f"/api/v1/{path}"]["get"]["parameters"]
        if one["in"] == "query"
    }
    assert {name: (one["default"], one["maximum"]) for name, one in found.items() if "default" in one} == {
        ("servers", "page"): (1, 10**9),
        ("servers", "per_page"): (100, 1_000),
        ("servers/{key}/metrics", "per_page"): (10_000, 50_000),
        ("incidents", "page"): (1, 10**9),
        ("incidents", "per_page"): (25, 100),
    }
    assert all(one["type"] == "integer" and one["minimum"] == 1 for one in found.values() if "default" in one)
    assert found["incidents", "status"]["enum"] == ["ongoing", "resolved"]
    assert found["servers/{key}/metrics", "since"]["format"] == "date-time"


@pytest.mark.parametrize(
    ("text", "number"), [(None, 5), ("", 5), ("1", 1), ("8", 8), ("9", 8), ("9" * 18, 8)]
)
def test_a_whole_number_of_the_query(text: str | None, number: int) -> None:
    class Request:
        query_params = {} if text is None else {"count": text}

    assert WholeQuery("count", "How many", 5, 8).of(Request()) == number  # type: ignore[arg-type]


async def test_refusals_are_described_as_they_are(running: Api) -> None:
    document = await running.get("openapi.json")
    key = await running.server()
    for method, path, token, options in [
        ("GET", "servers", None, {}),
        ("GET", "servers/none", "", {}),
        ("GET", "servers?page=0", "", {}),
        ("GET", f"servers/{key}/metrics?since=2024-01-20T00:00:00Z", "", {}),
        ("GET", f"servers/{key}/metrics?metrics=gpu", "", {}),
        ("POST", "server_metrics", "", {"body": b"x" * 1_000_001}),
        ("POST", "server_metrics", "", {"json": {}}),
        *((method, f"{what}{key}", "", {}) for what in ("projects", "tokens")
          for method, key in (("GET", ""), ("POST", ""), ("DELETE", "/x"))),
    ]:  # fmt: skip
        answer = await running.ask(method, path, token, **options)
        route = "/api/v1/" + path.partition("?")[0]
        route = route.replace(key, "{key}").replace("/none", "/{key}").replace("/x", "/{key}")
        operation = document["paths"][route][method.lower()]
        media = operation["responses"][str(answer.status)]["content"][JSON]
        assert misfits(answer.json(), media["schema"], document) == [], (method, path)
        if answer.status != 422:
            assert answer.json() == media["examples"]["example"]["value"]


async def test_what_is_no_route_is_refused_in_the_same_shape(running: Api) -> None:
    """Whoever asks, a machine included."""
    for token in (None, "nonsense", "", running.session):
        answer = await running.ask("OPTIONS", "servers", token)
        assert (answer.status, answer.headers["allow"]) == (204, "GET, OPTIONS")
        answer = await running.ask("DELETE", "servers", token)
        assert (answer.status, answer.json()) == (405, {"error": "Method not allowed"})
        assert answer.headers["allow"] == "GET, OPTIONS"
        answer = await running.ask("GET", "nothing", token)
        assert (answer.status, answer.json()) == (404, {"error": "Not Found"})


def test_a_schema_says_what_an_example_does_not_show() -> None:
    shape = shapes.named(
        "Thing",
        {
            "uuid": "8c0b4a52-6a0e-4a6e-9d4f-0c5a3c1e8f10",
            "gone": shapes.nullable(examples.MOMENT, shown=False),
            "left": shapes.optional(1.5, shown=False),
            "kind": shapes.one_of("big", "small"),
            "names": shapes.by_name({"a": [2.0]}),
            "free": shapes.anything({"b": 1}),
        },
    )
    assert shapes.example_of(shape)["gone"].value is None
    assert {**shapes.example_of(shape), "gone": None} == {
        "uuid": "8c0b4a52-6a0e-4a6e-9d4f-0c5a3c1e8f10",
        "gone": None,
        "kind": "big",
        "names": {"a": [2]},
        "free": {"b": 1},
    }
    assert shapes.schema_of(shape).to_schema() == {
        "title": "Thing",
        "type": "object",
        "required": ["uuid", "gone", "kind", "names", "free"],
        "properties": {
            "uuid": {"type": "string", "format": "uuid"},
            "gone": {"type": ["string", "null"], "format": "date-time"},
            "left": {"type": "number"},
            "kind": {"type": "string", "enum": ["big", "small"]},
            "names": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"type": "number"}},
            },
            "free": {"type": "object", "additionalProperties": True},
        },
    }


async def test_every_example_of_the_document_works(running: Api) -> None:
    """The answers have the shape of the examples, and fit the schemas."""
    document = await running.get("openapi.json")
    server, integration = await running.server(), await running.webhook()
    await running.ask("POST", f"servers/{server}/integrations", json={"integration_id": integration})
    now = str(iso(to_ms(SystemClock().now())))
    tried = set()
    for method, path, operation in operations(document):
        if path.startswith(("/api/v1/incidents/", "/api/v1/deliveries/")):
            continue  # there are none; test_an_alert_arrives_at_the_webhook and test_deliveries call them
        if path.startswith("/api/v1/status_pages/"):
            continue  # by slug; tests/status_pages/test_timelines.py calls them
        if MEDIA_TYPE in json.dumps(operation) or path.startswith("/api/v1/config"):
            continue  # tests/management and tests/cli/test_config_files call them
        concrete = path.replace("{key}", server).replace("{integration}", integration)
        if path in ("/api/v1/tokens/{key}", "/api/v1/projects/{key}"):
            made = await running.ask(
                "POST",
                path.split("/")[3],
                running.session,
                json={"token": {"name": "x"}, "project": {"name": "x"}},
            )
            concrete = path.replace("{key}", made.json()["uuid"])
        (success,) = [status for status in operation["responses"] if status.startswith("2")]
        media = dict(bodies(operation))
        body: Any = None
        if "" in media:
            text = json.dumps(media[""]["examples"]["example"]["value"])
            text = text.replace(examples.MOMENT, now)
            body = json.loads(text.replace(examples.INTEGRATION.like["uuid"], integration))
        answer = await running.ask(
            method.upper(), concrete.removeprefix("/api/v1/"), running.session, json=body
        )
        assert answer.status == int(success), f"{method} {path}: {answer.status} {answer.text}"
        if success != "204":
            shown = media[success]["examples"]["example"]["value"]
            assert shape(answer.json()) == shape(shown) or not answer.json(), path
            assert misfits(answer.json(), media[success]["schema"], document) == [], path
        tried.add((method, path))
    assert ("post", "/api/v1/server_metrics") in tried


def shape(value: Any) -> Any:
    """The keys of a document, without those of what depends on what there is."""
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    if not isinstance(value, dict):
        return None
    # The last three: what the test of a monitor or a template finds differs.
    free = {"error", "settings", "metrics", "metric_types", "data", "last_metrics", "answer", "certificate"}
    free |= {"scopes"}  # of a token that was made without
    return {key: None if key in free else shape(item) for key, item in value.items()}
