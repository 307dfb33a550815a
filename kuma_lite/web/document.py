"""The OpenAPI document: made when somebody first asks for it, in a thread, and kept."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from litestar import Litestar, Request, Response
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.router import Router

from kuma_lite import __version__
from kuma_lite.core.doors import Access
from kuma_lite.core.errors import REFUSALS
from kuma_lite.web.lazy_rest import API

AnyRequest = Request[Any, Any, Any]
_UNFIT: Final = 422
PATH: Final = f"{API}/openapi.json"
MEDIA_TYPE: Final = "application/vnd.oai.openapi+json"
# Doors name the one that opens them in their `security`.
_KEYS: Final = {
    "token": SecurityScheme(
        type="http",
        scheme="bearer",
        description="An API key, the token of a project or of a user, or a session token. "
        'The bare token without "Bearer" is accepted, too.',
    ),
    "session": SecurityScheme(type="http", scheme="bearer", description="The session token of a person."),
}


class ApiDocument:
    """The document as it is sent.

    Args:
        describers: complete what follows from the routes.
    """

    def __init__(self, describers: Sequence[Callable[[dict[str, Any]], None]]) -> None:
        self._describers = describers
        self._made: tuple[bytes, str] | None = None
        self._making = asyncio.Lock()
        self.content: dict[str, Any] = {}  # the same, once it was made

    async def answer(self, request: AnyRequest) -> Response[bytes] | None:
        """The answer to `GET /api/v1/openapi.json`; what stands below is nothing. None: for the framework."""
        if request.path_params:
            raise NotFoundException
        if request.method == "OPTIONS":
            return None
        text, tag = await self.made(request.app)
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(b"", status_code=304, headers=headers)
        return Response(text, media_type=MEDIA_TYPE, headers=headers)

    async def made(self, app: Litestar) -> tuple[bytes, str]:
        """The text and its `ETag`."""
        async with self._making:
            if self._made is None:
                self._made = await asyncio.to_thread(self._make, app)
            return self._made

    def _make(self, app: Litestar) -> tuple[bytes, str]:
        told: dict[str, Any] = {}
        document = referring(app.openapi_schema.to_schema(), told)
        components = document["components"]
        components["schemas"] = {**components.get("schemas", {}), **told}
        for describe in self._describers:
            describe(document)
        describe_refusals(document)
        self.content = document
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
        return text, f'"{hashlib.sha256(text).hexdigest()[:20]}"'


def configuration(document: ApiDocument) -> OpenAPIConfig:
    """The document at its address and nothing else: its router would take over all of its path."""
    return OpenAPIConfig(
        use_handler_docstrings=True,
        title="Kuma Lite",
        version=__version__,
        path=PATH,
        components=Components(security_schemes=dict(_KEYS)),
        render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"])],
        openapi_router=Router(
            PATH,
            route_handlers=[],
            include_in_schema=False,
            opt={"access": Access.PUBLIC},
            before_request=document.answer,
        ),
    )


def describe_refusals(document: dict[str, Any]) -> None:
    """Say how whoever may not, or sends what does not fit, is refused, where a route does not itself."""
    document["components"]["schemas"] |= {
        "Refusal": _refusal("error", {"type": "string"}),
        "Misfits": _MISFITS,
    }
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if "401" not in operation["responses"]:
                operation["responses"] |= {
                    str(status): _answer(status) for status in (401, 403, 404, 413, 422)
                }
            if method != "get" or path in _FULL_AT_TIMES:
                operation["responses"].setdefault("503", _not_now(operation["responses"]["401"]["content"]))


def _not_now(refusal: Mapping[str, Any]) -> dict[str, Any]:
    """How a route says that something is full, in the shape of its other refusals."""
    problem = {"type": "about:blank", "title": _NOT_NOW.phrase, "status": _NOT_NOW.value, "detail": _NO_ROOM}
    value = problem if _PROBLEM in refusal else {"error": _NO_ROOM}
    return {
        "description": "Not now: nothing can be stored, or too many listen",
        "content": {
            media: {"schema": one["schema"], "examples": {"example": {"value": value}}}
            for media, one in refusal.items()
        },
    }


def _refusal(name: str, shape: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {name: shape}, "required": [name]}


_FULL_AT_TIMES: Final = (f"{API}/events",)
_NOT_NOW: Final = HTTPStatus.SERVICE_UNAVAILABLE
_PROBLEM: Final = "application/problem+json"
_NO_ROOM: Final = "The disk is full."
_MISFITS: Final = _refusal("errors", {"type": "array", "items": {"type": "string"}})


def _answer(status: int) -> dict[str, Any]:
    said = REFUSALS.get(status, HTTPStatus(status).phrase)
    name, body = ("Misfits", {"errors": [said]}) if status == _UNFIT else ("Refusal", {"error": said})
    media = {
        "schema": {"$ref": f"#/components/schemas/{name}"},
        "examples": {"example": {"value": body}},
    }
    return {"description": HTTPStatus(status).phrase, "content": {"application/json": media}}


def referring(part: Any, told: dict[str, Any]) -> Any:
    """The same part of the document, with references to what has a title; that is put into `told`."""
    if isinstance(part, list):
        return [referring(item, told) for item in part]
    if not isinstance(part, Mapping):
        return part
    found = {key: referring(item, told) for key, item in part.items()}
    if not ("properties" in part and isinstance(title := part.get("title"), str)):
        return found
    if told.setdefault(title, found) != found:
        raise ValueError(f"two schemas are called {title!r}")
    return {"$ref": f"#/components/schemas/{title}"}
