"""Offers and subscribers as clients send and get them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kuma_lite.core import wire_values
from kuma_lite.core.errors import UserError
from kuma_lite.core.iso_time import iso
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http.url import parse_url
from kuma_lite.status_pages.model import Document, Page
from kuma_lite.status_pages.subscribers.model import Kind, Offer, State, Subscriber
from kuma_lite.status_pages.subscribers.service import Subscribers
from kuma_lite.status_pages.subscribers.targets import address_of, masked

MOST_LISTED: Final = 500  # the newest; the export has all
BAD_KIND: Final = "There is no such way to be told."
NO_SENDER: Final = "E-mails need a channel of the kind Email (SMTP) that sends them."
BAD_ADDRESS: Final = "The address must begin with https:// or http:// and end with a host name."
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets would calculate


def read_offer(page_id: int, sent: Any, senders: Mapping[int, str]) -> Offer:
    """What an owner has chosen. Raises UserError with the field that is wrong."""
    if not isinstance(sent, Mapping) or not isinstance(sent.get("kinds"), list):
        raise UserError(BAD_KIND, extra={"field": "kinds"})
    known = {kind.value: kind for kind in Kind}
    if not all(isinstance(each, str) and each in known for each in sent["kinds"]):
        raise UserError(BAD_KIND, extra={"field": "kinds"})
    kinds = tuple(kind for kind in Kind if kind.value in sent["kinds"])
    sender = wire_values.identifier(sent.get("sender"))
    if sender not in senders:
        sender = None
    if Kind.EMAIL in kinds and sender is None:
        raise UserError(NO_SENDER, extra={"field": "sender"})
    address = _address(wire_values.text(sent.get("address")) or "")
    return Offer(
        page_id=page_id, kinds=kinds, sender=sender, address=address, private=sent.get("private") is True
    )


def _address(text: str) -> str:
    text = text.strip().rstrip("/")
    if not text:
        return ""
    try:
        url = parse_url(text)
    except NetworkError:
        url = None
    plain = text.lower().startswith(("https://", "http://")) and not set("?#\r\n <>\"'") & set(text)
    if url is None or not plain or url.username or url.password or url.target != "/":
        raise UserError(BAD_ADDRESS, extra={"field": "address"})
    return str(url).rstrip("/")


async def overview(subscribers: Subscribers, page: Page) -> Document:
    """What an owner sees: the offer, and who is told, without addresses."""
    offer, found = subscribers.offer(page.id), await subscribers.of(page)
    counts = Counter(each.state for each in found)
    return {
        "offer": {
            "kinds": [kind.value for kind in offer.kinds],
            "sender": offer.sender,
            "address": offer.address,
            "private": offer.private,
        },
        "kinds": [kind.value for kind in Kind],
        "senders": [
            {"id": number, "name": name}
            for number, name in (await subscribers.senders.names(page.organisation)).items()
        ],
        "address": subscribers.address(page),
        "counts": {state.value: counts[state] for state in State},
        "subscribers": [shown(each) for each in found[:MOST_LISTED]],
    }


def shown(subscriber: Subscriber) -> Document:
    """One of them; times in milliseconds since 1970."""
    success = subscriber.last_success
    return {
        "id": subscriber.id,
        "kind": subscriber.kind.value,
        "target": masked(subscriber.kind, subscriber.target),
        "state": subscriber.state.value,
        "monitors": None if subscriber.monitors is None else sorted(subscriber.monitors),
        "since": (subscriber.confirmed or subscriber.created) * 1000,
        "lastSuccess": None if success is None else success * 1000,
        "failures": subscriber.failures,
    }


def exported(subscriber: Subscriber, names: Mapping[int, str]) -> Document:
    """All that is stored of one, but for secrets."""
    chosen = subscriber.monitors
    return {
        "id": subscriber.id,
        "kind": subscriber.kind.value,
        "target": address_of(subscriber.kind, subscriber.target),
        "state": subscriber.state.value,
        "services": None if chosen is None else [names.get(number, str(number)) for number in sorted(chosen)],
        "created_at": iso(subscriber.created * 1000),
        "confirmed_at": None if subscriber.confirmed is None else iso(subscriber.confirmed * 1000),
        "last_success_at": None if subscriber.last_success is None else iso(subscriber.last_success * 1000),
    }


def csv_of(subscribers: Sequence[Subscriber], names: Mapping[int, str]) -> str:
    """The same as a table."""
    written = io.StringIO()
    rows = [exported(each, names) for each in subscribers]
    table = csv.writer(written)
    table.writerow(
        ["id", "kind", "target", "state", "services", "created_at", "confirmed_at", "last_success_at"]
    )
    for row in rows:
        services = "all" if row["services"] is None else "; ".join(row["services"])
        table.writerow([_harmless(value) for value in {**row, "services": services}.values()])
    return written.getvalue()


def _harmless(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULAS):
        return f"'{value}"
    return value
