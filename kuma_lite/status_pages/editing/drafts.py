"""Pages that somebody edits and has not saved: looked at by an address that only the editor knows."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from kuma_lite.core.clock import Clock
from kuma_lite.status_pages.model import Group, Incident, Page, ShownServer, Written
from kuma_lite.status_pages.serving.answers import ShownIncidents

KEPT_S: Final = 600  # seconds; an editor asks again whenever something is typed
MAX_DRAFTS: Final = 40
MAX_BYTES: Final = 16_000_000  # of pictures
_TICKET_BYTES: Final = 18


class Draft(Struct, frozen=True):
    """A page as it would be."""

    page: Page
    groups: list[Group]  # their ids are their places, from 1
    servers: Sequence[ShownServer]
    written: Written | None  # an incident that is not posted yet
    png: bytes | None  # a logo that is not stored


class Drafts:
    """The newest drafts by their tickets."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._drafts: dict[str, tuple[float, Draft]] = {}  # until when, by the monotonic clock

    def put(self, draft: Draft) -> str:
        """Keep one for a while; returns its ticket."""
        ticket = secrets.token_urlsafe(_TICKET_BYTES)
        self._drafts[ticket] = self._clock.monotonic() + KEPT_S, draft
        while len(self._drafts) > MAX_DRAFTS or (self._bytes() > MAX_BYTES and len(self._drafts) > 1):
            del self._drafts[next(iter(self._drafts))]  # the oldest one
        return ticket

    def get(self, ticket: str) -> Draft | None:
        """The draft of a ticket; None once it is too old."""
        now = self._clock.monotonic()
        for old in [key for key, (until, _draft) in self._drafts.items() if until <= now]:
            del self._drafts[old]
        found = self._drafts.get(ticket)
        return found[1] if found else None

    def _bytes(self) -> int:
        return sum(len(draft.png or b"") for _until, draft in self._drafts.values())


class DraftGroups:
    """What is on a draft (see `answers.ShownPages`)."""

    def __init__(self, groups: list[Group]) -> None:
        self._groups = groups

    def public_groups(self, page_id: int) -> list[Group]:
        """All of them."""
        return self._groups

    def public_members(self, page_id: int) -> list[int]:
        """The monitors, each once."""
        return list(dict.fromkeys(member.monitor_id for group in self._groups for member in group.members))


class DraftIncidents:
    """Those of the page, with the one that is being written."""

    def __init__(self, stored: ShownIncidents, written: Incident | None) -> None:
        self._stored = stored
        self._written = written

    async def shown(self, page: Page) -> list[Incident]:
        """In the order of the page; a new one on top."""
        shown, written = await self._stored.shown(page), self._written
        if written is None:
            return shown
        if any(incident.id == written.id for incident in shown):
            return [written if incident.id == written.id else incident for incident in shown]
        return [written, *shown]
