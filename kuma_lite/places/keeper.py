"""The places that people have named, in a setting of the server."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import UserError
from kuma_lite.core.kept_secrets import hidden, restored
from kuma_lite.core.records import replace
from kuma_lite.core.redaction import forget_secrets, remember_secrets
from kuma_lite.net.http import HttpClient
from kuma_lite.places.described import SECRETS, SFTP, Described, described, label_of, opened
from kuma_lite.places.model import Manner, Place
from kuma_lite.places.sftp import SftpPlace

log = logging.getLogger(__name__)

SETTING: Final = "places"
MOST: Final = 50
TEST_S: Final = 120.0
_PROBE: Final = "kuma-lite-test-"


class Settings(Protocol):
    """Where they are kept."""

    def get(self, key: str, default: Any = None) -> Any:
        """A setting."""

    async def set(self, key: str, value: Any) -> None:
        """Write one."""


class Places:
    """All of them.

    Args:
        settings: where they are kept.
        http: the client of the process.
        clock: for signatures.
        folder: the data folder, below which relative folders are.
    """

    def __init__(self, settings: Settings, http: HttpClient, clock: Clock, folder: Path) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._folder = folder
        self._writing = asyncio.Lock()
        self.at_change: list[Callable[[], None]] = []  # called when one was saved or removed

    def load(self) -> None:
        """Let the log know what it must not show."""
        for place in self.all():
            remember_secrets(("place", place.id), place.secrets())

    def all(self) -> list[Described]:
        """In the order they were made. One that cannot be read any more is none."""
        found = []
        for document in self._stored():
            try:
                found.append(described(document))
            except UserError as error:
                log.warning("A place that is stored cannot be read: %s", error.message)
        return found

    def find(self, key: Any) -> Described:
        """By its id, or by its name. Raises UserError."""
        known = self.all()
        for place in (
            *(each for each in known if each.id == key),
            *(each for each in known if each.name == key),
        ):
            return place
        raise UserError("There is no such place.", status=404)

    @staticmethod
    def document(place: Described) -> dict[str, Any]:
        """As the page gets it, with how people read where it is."""
        return {**hidden(place.document(), SECRETS), "label": label_of(place)}

    async def save(self, document: Any) -> Described:
        """A new one (id ""), or another description of one that is there. Raises UserError."""
        async with self._writing:
            place = self._described(document)
            known = self.all()
            if any(each.name == place.name and each.id != place.id for each in known):
                raise UserError("There is a place of that name already.")
            if not place.id:
                if len(known) >= MOST:
                    raise UserError("There can be {most} places at most.", most=MOST)
                place = replace(place, id=secrets.token_hex(8))
            await self._keep(place)
        self._changed()
        return place

    async def remove(self, key: Any) -> None:
        """Forget one; what lies there stays. Raises UserError."""
        async with self._writing:
            place = self.find(key)
            await self._settings.set(SETTING, [each for each in self._stored() if each.get("id") != place.id])
            forget_secrets(("place", place.id))
        self._changed()

    async def test(self, document: Any) -> str:
        """Put a small file there, read it back and remove it; the host key that was shown ("" for none).

        Raises:
            UserError: with what does not work.
        """
        place = self._described(document)
        name, content = f"{_PROBE}{secrets.token_hex(4)}", secrets.token_bytes(64)
        try:
            async with asyncio.timeout(TEST_S), self._opened(place) as there:
                await there.put(name, content, Manner())
                try:
                    read = await there.read(name, len(content))
                    listed = [each.name for each in await there.files(name)]
                finally:
                    await there.delete(name)
                if read != content or listed != [name]:
                    raise UserError(
                        "{name} at {place} is not what was written there.", name=name, place=there.label
                    )
                return there.host_key if isinstance(there, SftpPlace) else ""
        except TimeoutError:
            raise UserError(
                "{place} cannot be reached: {reason}.", place=label_of(place), reason="timeout"
            ) from None

    @asynccontextmanager
    async def open(self, place: Described) -> AsyncIterator[Place]:
        """One that is kept; the host key it shows for the first time is remembered. Raises UserError."""
        async with self._opened(place) as there:
            if isinstance(there, SftpPlace) and not place.host_key:
                await self._pin(place.id, there.host_key)
            yield there

    def _opened(self, place: Described) -> Any:
        return opened(place, self._http, self._clock, self._folder)

    def _described(self, document: Any) -> Described:
        """With the secrets that the page leaves on the server."""
        if isinstance(document, dict) and (key := document.get("id")):
            before = self.find(key)
            document = {**restored(document, before.document()), "id": before.id}
        return described(document)

    async def _pin(self, key: str, host_key: str) -> None:
        async with self._writing:
            place = self.find(key)
            if place.kind == SFTP and not place.host_key:
                log.info("The host key of %s is %s from now on", label_of(place), host_key)
                await self._keep(replace(place, fields={**place.fields, "hostKey": host_key}))

    async def _keep(self, place: Described) -> None:
        stored = self._stored()
        document = place.document()
        numbers = [number for number, each in enumerate(stored) if each.get("id") == place.id]
        if numbers:
            stored[numbers[0]] = document
        else:
            stored.append(document)
        await self._settings.set(SETTING, stored)
        remember_secrets(("place", place.id), place.secrets())

    def _changed(self) -> None:
        for changed in self.at_change:
            changed()

    def _stored(self) -> list[dict[str, Any]]:
        found = self._settings.get(SETTING, [])
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
