"""The typed bodies of the OpenAPI document: every example is executed, and every answer fits."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from kuma_lite.management.doors import EXAMPLES, ONCE
from tests.management.test_api import PATHS, Api, api
from tests.servers.schemas import misfits
from tests.support import http

__all__ = ["api"]
JSON = "application/json"
pytestmark = pytest.mark.timeout(240)  # the document takes a while where much else is done
MOST_BYTES = 900_000


async def document(api: Api) -> dict[str, Any]:
    answer = await http.get(f"{api.server.url}/api/v1/openapi.json", timeout=150)
    assert answer.status == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_it_is_made_once_and_is_not_large(api: Api) -> None:
    url = f"{api.server.url}/api/v1/openapi.json"
    first, second = await asyncio.gather(http.get(url, timeout=150), http.get(url, timeout=60))
    assert first.body == second.body
    assert len(first.body) < MOST_BYTES
    again = await http.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert (await http.get(f"{url}/nothing")).status == 404


async def test_every_operation_says_what_it_does(api: Api) -> None:
    paths = (await document(api))["paths"]
    told = [operation for methods in paths.values() for operation in methods.values()]
    assert len(told) > 100
    assert [each["operationId"] for each in told if not each.get("description")] == []


async def test_every_reference_leads_somewhere(api: Api) -> None:
    found = await document(api)
    text = json.dumps(found)
    named = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert named <= found["components"]["schemas"].keys()
    for name, kind in (("Monitor", "monitor"), ("Notification", "notification")):
        variants = set(api.server.appliance.resources[kind].variants())
        schema = found["components"]["schemas"][name]
        assert schema["discriminator"]["mapping"].keys() == variants
        assert len(schema["oneOf"]) == len(variants) > 20


async def test_a_type_has_its_own_fields_only(api: Api) -> None:
    schemas = (await document(api))["components"]["schemas"]
    http_fields = schemas["MonitorHttp"]["properties"]
    assert {"url", "method", "accepted", "basic_pass"} <= http_fields.keys()
    assert not {"hostname", "dns_resolve_server", "mqttTopic"} & http_fields.keys()
    assert http_fields["basic_pass"]["writeOnly"] is True
    assert http_fields["type"] == {"const": "http"}
    assert schemas["MonitorFields"]["properties"]["max_retries"]["x-alias"] == "maxretries"
    assert schemas["MonitorFields"]["properties"]["interval"]["type"] == "integer"
    assert schemas["NotificationNtfy"]["required"] == ["type", "topic"]


async def test_every_example_of_a_body_makes_one(api: Api) -> None:
    found, tried = await document(api), 0
    for kind in EXAMPLES:
        path = PATHS[kind]
        content = found["paths"][f"/api/v1/{path}"]["post"]
        request = content["requestBody"]["content"][JSON]
        answered = content["responses"]["201"]["content"][JSON]["schema"]
        patch = found["paths"][f"/api/v1/{path}/{{key}}"]["patch"]["requestBody"]["content"][JSON]
        assert patch["examples"].keys() == request["examples"].keys()
        for name, example in request["examples"].items():
            body = dict(example["value"])
            assert misfits(body, request["schema"], found) == [], (kind, name)
            if kind == "monitor":
                body["active"] = False
            answer = await api.ask("POST", path, body)
            assert answer.status == 201, (kind, name, answer.text)
            shown = answer.json()
            assert misfits(shown, answered, found) == [], (kind, name)
            for told in ONCE.get(kind, ()):
                assert shown.pop(told)
            for field in body.keys() - {"active"} - set(shown["secrets"]):
                assert shown[field] == body[field], (kind, name, field)
            again = await api.ask("PUT", f"{path}/{shown['id']}", shown)
            assert (again.status, again.json()) == (200, shown), (kind, name)
            part = patch["examples"][name]["value"]
            assert misfits(part, patch["schema"], found) == [], (kind, name)
            patched = await api.ask("PATCH", f"{path}/{shown['id']}", part)
            told = {field: value for field, value in part.items() if field not in shown["secrets"]}
            assert (patched.status, patched.json()) == (200, {**shown, **told}), (kind, name)
            tried += 1
    assert tried > 120


async def test_a_name_of_the_wire_is_an_alias(api: Api) -> None:
    body = {"name": "x", "type": "http", "url": "https://shop.example/", "maxretries": 3, "upsideDown": True}
    shown = await api.made("monitors", body)
    assert (shown["max_retries"], shown["upside_down"]) == (3, True)
    assert "maxretries" not in shown


async def test_a_patch_is_typed(api: Api) -> None:
    found = await document(api)
    schema = {"$ref": "#/components/schemas/MonitorPatch"}
    fitting = (
        {"interval": 30},
        {"url": "https://x.example/"},
        {"type": "port", "port": 1},
        {"proxy_id": None},
    )
    for body in fitting:
        assert misfits(body, schema, found) == []
    for body in ({"interval": "often"}, {"url": 5}, {"type": "nothing"}, {"type": "port", "hostname": 1}):
        assert misfits(body, schema, found) != []
    fields = found["components"]["schemas"]
    assert "required" not in fields["MonitorHttpPatch"]
    assert fields["TagPatch"]["properties"] == {
        "name": {"type": ["string", "null"]},
        "color": {"type": ["string", "null"]},
    }
    for name, whole in fields.items():
        if (part := fields.get(f"{name}Patch")) is not None and "properties" in whole:
            assert part["properties"].keys() == whole["properties"].keys() - {"id", "secrets", "state"}, name
