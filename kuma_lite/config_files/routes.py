"""The routes behind `kuma-lite export`, `diff` and `apply`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kuma_lite.config_files.model import Unfit, Wish
from kuma_lite.config_files.reading import MAX_NAME_CHARS
from kuma_lite.config_files.schema import DIALECT
from kuma_lite.config_files.service import ConfigFiles
from kuma_lite.core.access import Right
from kuma_lite.rest.errors import Failure, Unprocessable
from kuma_lite.rest.requests import AnyRequest, TextQuery, actor_of, json_object
from kuma_lite.rest.route import GET, POST, Route
from kuma_lite.rest.shapes import anything, named, one_of

MAX_BYTES: Final = 32_000_000  # a hundred thousand monitors
_TAG: Final = "Configuration"
_PATH: Final = "/api/v1/config"
_SECRETS: Final = TextQuery("secrets", "Whether secrets are told, too", choices=("true", "false"))

_DOCUMENTS: Final = {"monitors": {"Shop": {"type": "http", "url": "https://shop.example/"}}}
_WISH: Final = {
    "file": "kuma.yaml",
    "documents": anything(_DOCUMENTS),
    "secrets": anything({}),
    "prune": False,
}
_CHANGE: Final = named(
    "ConfigChange",
    {
        "kind": "monitors",
        "key": "Shop",
        "action": one_of("create", "update", "adopt", "delete", "keep", "wait"),
        "fields": [anything({"name": "url", "old": "https://old.example/", "new": "https://shop.example/"})],
    },
)
_PROBLEMS: Final = named(
    "ConfigProblems",
    {
        "errors": ["monitors “Shop”: interval: It must be a number."],
        "problems": [
            named(
                "ConfigProblem",
                {"kind": "monitors", "key": "Shop", "field": "interval", "message": "It must be a number."},
            )
        ],
    },
)


class ConfigRoutes:
    """Export, plan, apply; for owners."""

    def __init__(self, files: ConfigFiles) -> None:
        self._files = files

    def routes(self) -> Iterator[Route]:
        """The routes."""
        yield Route(
            name="export_config",
            method=GET,
            path=_PATH,
            needs=Right.OWNER,
            handler=self.export,
            tag=_TAG,
            response={"documents": anything(_DOCUMENTS), "secrets": anything({})},
            query=[_SECRETS],
            people=True,
        )
        yield Route(
            name="config_schema",
            method=GET,
            path=f"{_PATH}/schema",
            needs=Right.OWNER,
            handler=self.schema,
            tag=_TAG,
            response=anything({"$schema": DIALECT}),
            people=True,
        )
        for name, path, handler in (
            ("plan_config", f"{_PATH}/plan", self.plan),
            ("apply_config", f"{_PATH}/apply", self.apply),
        ):
            yield Route(
                name=name,
                method=POST,
                path=path,
                needs=Right.OWNER,
                handler=handler,
                tag=_TAG,
                request=_WISH,
                response={"changes": [_CHANGE]},
                people=True,
                misfit=_PROBLEMS,
                most_bytes=MAX_BYTES,
            )

    async def export(self, request: AnyRequest) -> dict[str, Any]:
        """Everything that files can hold, by names instead of numbers; secrets stand apart, if wanted."""
        documents, secrets = await self._files.export(actor_of(request))
        wanted = request.query_params.get(_SECRETS.name) == "true"
        return {"documents": documents, "secrets": secrets if wanted else {}}

    async def schema(self, _request: AnyRequest) -> dict[str, Any]:
        """Tell the JSON Schema of configuration files, for editors."""
        return await self._files.schema()

    async def plan(self, request: AnyRequest) -> dict[str, Any]:
        """Say what `apply` would do; nothing is changed."""
        return await self._answer(request, self._files.plan)

    async def apply(self, request: AnyRequest) -> dict[str, Any]:
        """Make everything as the documents say. What they do not own is left alone."""
        return await self._answer(request, self._files.apply)

    async def _answer(self, request: AnyRequest, work: Any) -> dict[str, Any]:
        wish = _wish(await json_object(request))
        try:
            changes = await work(actor_of(request), wish)
        except Unfit as unfit:
            problems = [problem.as_json() for problem in unfit.problems]
            sentences = [f"{one['kind']} “{one['key']}”: {one['message']}" for one in problems]
            raise Failure(422, {"errors": sentences, "problems": problems}) from None
        return {"changes": [change.as_json() for change in changes]}


def _wish(body: Mapping[str, Any]) -> Wish:
    """Raises Unprocessable."""
    file, prune = body.get("file"), body.get("prune", False)
    if not isinstance(file, str) or not 0 < len(file) <= MAX_NAME_CHARS:
        raise Unprocessable(f"file must be a text of at most {MAX_NAME_CHARS} characters")
    if not isinstance(prune, bool):
        raise Unprocessable("prune must be true or false")
    documents, secrets = body.get("documents"), body.get("secrets") or {}
    if not isinstance(documents, dict) or not all(isinstance(things, dict) for things in documents.values()):
        raise Unprocessable("documents must be an object of objects")
    if not isinstance(secrets, dict):
        raise Unprocessable("secrets must be an object")
    return Wish(file, documents, secrets, prune)
