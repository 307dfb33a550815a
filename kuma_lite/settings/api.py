"""The settings over HTTP, under the names that people expect; secrets can be set, and are never told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, Final

from litestar import Response
from litestar.enums import HttpMethod

from kuma_lite.core.access import Right
from kuma_lite.core.errors import UserError
from kuma_lite.core.resource_documents import fields_of
from kuma_lite.rest.etags import ETAG, etag_of, not_modified, refuse_stale
from kuma_lite.rest.operation import Tagged
from kuma_lite.rest.problems import Problem, problem_body
from kuma_lite.rest.requests import AnyRequest
from kuma_lite.rest.route import GET, Route
from kuma_lite.rest.shapes import Part, named
from kuma_lite.settings.options import ServerSettings
from kuma_lite.settings.service import Settings

PATH: Final = "/api/v1/settings"
SECRETS: Final = "secrets"
SETTINGS: Final = named(
    "Settings",
    {
        "primary_base_url": "https://kuma.example",
        "time_zone": "Europe/Berlin",
        "entry_page": "dashboard",
        "search_engine_index": False,
        "keep_data_days": 180,
        "tls_expiry_days": [7, 14, 21],
        "domain_expiry_days": [7, 14, 21],
        "trust_proxy": False,
        "cors_origins": ["https://shop.example"],
        SECRETS: ["steam_api_key"],
    },
)
_CHANGE: Final = Part({"keep_data_days": 90, "cors_origins": ["https://shop.example"]}, free=True)


class SettingsApi:
    """The routes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turn = asyncio.Lock()  # of two changes at once the second sees what the first has done

    def routes(self) -> Iterator[Route]:
        """Both."""
        yield Route(
            name="settings_get",
            method=GET,
            path=PATH,
            needs=Right.SETTINGS_VIEW,
            handler=self.get,
            tag="Settings",
            response=SETTINGS,
            tagged=Tagged.SHOWN,
            people=True,
            problems=True,
        )
        yield Route(
            name="settings_change",
            method=HttpMethod.PATCH,
            path=PATH,
            needs=Right.SETTINGS_EDIT,
            handler=self.change,
            tag="Settings",
            request=_CHANGE,
            tagged=Tagged.CHANGED,
            response=SETTINGS,
            people=True,
            problems=True,
        )

    async def get(self, request: AnyRequest) -> Response[Any]:
        """Show the settings of the server."""
        return not_modified(request, etag_of(self._settings.general())) or self._answer()

    async def change(self, request: AnyRequest) -> Response[Any]:
        """Change some (RFC 7396); null gives one its default.

        Secrets are `steam_api_key` and `globalping_api_token`; `""` removes one. Switching
        authentication off wants a password, and is done on the page.
        """
        changes = _read(await problem_body(request))
        async with self._turn:
            refuse_stale(request, etag_of(self._settings.general()), "server's configuration")
            await self._settings.save_general({**self._settings.general(), **changes})
            return self._answer()

    def _answer(self) -> Response[Any]:
        return Response(self._shown(), headers={ETAG: etag_of(self._settings.general())})

    def _shown(self) -> dict[str, Any]:
        stored = self._settings.general()
        fields = fields_of((ServerSettings,))
        options = _lenient({key: value for key, value in stored.items() if key in fields})
        shown = {field.name: getattr(options, field.name) for field in fields.values() if not field.secret}
        secrets = [field.name for key, field in fields.items() if field.secret and stored.get(key)]
        return {**shown, SECRETS: sorted(secrets)}


def _read(changes: Mapping[str, Any]) -> dict[str, Any]:
    """What is to be stored. Raises Problem."""
    fields = {field.name: field for field in fields_of((ServerSettings,)).values()}
    found: dict[str, Any] = {}
    for name, value in changes.items():
        if name == SECRETS:
            continue
        if name not in fields:
            raise Problem(422, f"There is no setting “{name}”.", (name, "unknown"))
        found[fields[name].key] = fields[name].default if value is None else value
    try:
        read = ServerSettings.read(found)
    except UserError as error:
        key = str(error.arguments.get("key", "")).partition(".")[0]
        name = next((name for name, field in fields.items() if field.key == key), key)
        raise Problem(422, error.message, (name, error.message)) from None
    return {key: getattr(read, field.name) for field in fields.values() if (key := field.key) in found}


def _lenient(stored: Mapping[str, Any]) -> ServerSettings:
    """What other clients stored, as far as it fits."""
    fitting = dict(stored)
    while True:
        try:
            return ServerSettings.read(fitting)
        except UserError as error:
            key = str(error.arguments.get("key", "")).partition(".")[0]
            if fitting.pop(key, None) is None:
                return ServerSettings()
