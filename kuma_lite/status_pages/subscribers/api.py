"""The routes about the subscribers of status pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor, Right
from kuma_lite.core.errors import UserError
from kuma_lite.core.iso_time import iso
from kuma_lite.rest.requests import AnyRequest, json_object
from kuma_lite.rest.route import DELETE, GET, NO_CONTENT, POST, Route, key_in
from kuma_lite.rest.shapes import MOMENT, named, nullable, one_of
from kuma_lite.status_pages.model import Document
from kuma_lite.status_pages.page_api import NOT_FOUND, PageApi
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.subscribers.bounces import refused_by
from kuma_lite.status_pages.subscribers.documents import exported, shown
from kuma_lite.status_pages.subscribers.model import Kind, State
from kuma_lite.status_pages.subscribers.service import Subscribers

_TAG: Final = "Status pages"
_SUBSCRIBERS: Final = "/api/v1/status_pages/{key:str}/subscribers"
NO_BOUNCE: Final = 'Name the address as "email", or send the report of the mail server as "message".'
_KINDS: Final = one_of(*(kind.value for kind in Kind))
_STATES: Final = one_of(*(state.value for state in State))

_SUBSCRIBER: Final = named(
    "PageSubscriber",
    {
        "id": 5,
        "kind": _KINDS,
        "target": "a***@example.org",
        "state": _STATES,
        "monitors": nullable([7]),
        "since": MOMENT,
        "last_success_at": nullable(MOMENT),
    },
)
_EXPORTED: Final = named(
    "ExportedPageSubscriber",
    {
        "id": 5,
        "kind": _KINDS,
        "target": "anna@example.org",
        "state": _STATES,
        "services": nullable(["Shop"]),
        "created_at": MOMENT,
        "confirmed_at": nullable(MOMENT),
        "last_success_at": nullable(MOMENT),
    },
)


class SubscriberApi(PageApi):
    """Subscribers of status pages; pages belong to the first project.

    Args:
        pages: which there are.
        subscribers: theirs.
        is_root: whether a caller asks in the first project.
    """

    def __init__(self, pages: Pages, subscribers: Subscribers, is_root: Callable[[Actor], bool]) -> None:
        super().__init__(pages, is_root)
        self._subscribers = subscribers

    def routes(self) -> Iterator[Route]:
        """The routes."""
        yield Route(
            name="list_page_subscribers",
            method=GET,
            path=_SUBSCRIBERS,
            needs=Right.STATUS_PAGES_EDIT,
            handler=self.list,
            tag=_TAG,
            response={"subscribers": [_SUBSCRIBER]},
        )
        yield Route(
            name="export_page_subscribers",
            method=GET,
            path=f"{_SUBSCRIBERS}/export",
            needs=Right.OWNER,
            handler=self.export,
            tag=_TAG,
            response={"subscribers": [_EXPORTED]},
        )
        yield Route(
            name="delete_page_subscriber",
            method=DELETE,
            path=f"{_SUBSCRIBERS}/{{subscriber:str}}",
            needs=Right.STATUS_PAGES_EDIT,
            handler=self.delete,
            tag=_TAG,
            status=NO_CONTENT,
        )

        yield Route(
            name="report_page_subscriber_bounce",
            method=POST,
            path=f"{_SUBSCRIBERS}/bounces",
            needs=Right.STATUS_PAGES_EDIT,
            handler=self.bounced,
            tag=_TAG,
            request={"email": "anna@example.org"},
            response={"switched_off": 1},
        )

    async def list(self, request: AnyRequest) -> Document:
        """List who is told of what happens on a status page, without their addresses; `key` is its slug."""
        _, page = self.edited(request)
        return {"subscribers": [_listed(shown(each)) for each in await self._subscribers.of(page)]}

    async def export(self, request: AnyRequest) -> Document:
        """Export the subscribers of a status page with their addresses."""
        _, page = self.edited(request)
        names = self._subscribers.names(page)
        return {"subscribers": [exported(each, names) for each in await self._subscribers.of(page)]}

    async def bounced(self, request: AnyRequest) -> Document:
        """Switch off the e-mail subscribers to whom a mail could not be delivered.

        `email` is the address; in its place `message` may be the report of the mail server as it came (RFC
        3464), of which refusals for good count.
        """
        (_, page), body = self.edited(request), await json_object(request)
        email, message = body.get("email"), body.get("message")
        if isinstance(email, str) and email.strip():
            addresses = [email.strip()]
        elif isinstance(message, str):
            addresses = refused_by(message)
        else:
            raise UserError(NO_BOUNCE)
        return {"switched_off": await self._subscribers.bounced(page, addresses)}

    async def delete(self, request: AnyRequest) -> None:
        """Remove a subscriber with everything that is stored of it."""
        (_, page), number = self.edited(request), wire_values.identifier(key_in(request, "subscriber"))
        if number is None or not await self._subscribers.remove(page.id, number):
            raise UserError(NOT_FOUND, status=404)


def _listed(row: Document) -> Document:
    kept = {key: row[key] for key in ("id", "kind", "target", "state", "monitors")}
    return {**kept, "since": iso(row["since"]), "last_success_at": iso(row["lastSuccess"])}
