"""A page that lets visitors subscribe, a mail server and a webhook's receiver, all real."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.notifications.sinks import HttpSink, SmtpSink, TakenMail
from tests.status_pages.appliance import Running, running
from tests.support import http
from tests.support.served import PASSWORD, USER
from tests.support.sio import Client, connect

BASE = "https://status.example.com"
ANNA = "anna@example.org"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass
class Ground:
    """What a test talks to."""

    server: Running
    page: Client
    mails: SmtpSink
    hooks: HttpSink
    sender: int

    async def ok(self, event: str, *arguments: Any) -> Any:
        answer = await self.page.call(event, *arguments)
        assert answer["ok"] is True, answer
        return answer

    async def offer(self, *kinds: str, **more: Any) -> Any:
        """Let visitors subscribe in these ways."""
        offer = {"kinds": list(kinds), "sender": self.sender, "address": BASE, "private": True, **more}
        return await self.ok("savePageSubscribers", "shop", offer)

    async def form(self, path: str, **fields: Any) -> http.Response:
        """Send a form as a browser does."""
        body = urlencode(fields, doseq=True).encode()
        return await http.request("POST", f"{self.server.url}{path}", headers=FORM, body=body)

    async def sign_up(self, target: str, kind: str = "email", **more: Any) -> http.Response:
        return await self.form("/status/shop/subscribe", kind=kind, target=target, scope="all", **more)

    async def mail(self, number: int) -> Message:
        """The mail with that place, from 0."""
        await until(lambda: len(self.mails.mails) > number)
        return read(self.mails.mails[number])

    async def subscribed(self, target: str = ANNA, **more: Any) -> str:
        """Somebody who has confirmed; returns the path that manages it."""
        before = len(self.mails.mails)
        assert (await self.sign_up(target, **more)).status == 200
        path = link(text_of(await self.mail(before)), "subscribe/confirm")
        answer = await self.form(path)
        assert answer.status == 200, answer.text
        found = re.search(r'action="(/status/shop/subscription\?t=[^"]+)"', answer.text)
        assert found, answer.text
        return found[1]

    async def begin(self, **fields: Any) -> int:
        """An incident."""
        incident = {"title": "Slow checkout", "content": "Some orders take **minutes**.", **fields}
        return int((await self.ok("beginIncident", "shop", incident))["incident"]["id"])

    async def go_on(self, number: int, state: str, content: str = "More.") -> None:
        await self.ok("addIncidentUpdate", "shop", number, {"state": state, "content": content})

    async def listed(self) -> list[Any]:
        found: list[Any] = (await self.ok("pageSubscribers", "shop"))["subscribers"]
        return found


def read(mail: TakenMail) -> Message:
    """A mail as its receiver reads it."""
    return message_from_bytes(mail.content, policy=default)


def text_of(mail: Message) -> str:
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r\n", "\n")


def link(text: str, part: str) -> str:
    """The path of a link in a message."""
    found = re.search(rf"{re.escape(BASE)}(/status/shop/{re.escape(part)}\?t=\S+)", text)
    assert found, text
    assert urlsplit(found[1]).path == f"/status/shop/{part}"
    return found[1]


async def until(done: Callable[[], bool], timeout: float = 10) -> None:
    async with asyncio.timeout(timeout):
        while not done():
            await asyncio.sleep(0.02)


async def quiet(done: Callable[[], bool], for_s: float = 0.6) -> None:
    """Nothing happens for a while."""
    await asyncio.sleep(for_s)
    assert not done()


async def make(server: Running, mails: SmtpSink, hooks: HttpSink, page: Client) -> Ground:
    channel = {
        "name": "Mail", "type": "smtp", "smtpHost": "127.0.0.1", "smtpPort": mails.port, "smtpSecure": False,
        "smtpFrom": "Shop <status@example.com>", "smtpTo": "owner@example.com", "smtpCC": "boss@example.com",
        "smtpBCC": "hidden@example.com", "customSubject": "Custom {{ msg }}", "customBody": "Custom",
        "isDefault": False, "applyExisting": False,
    }  # fmt: skip
    sender = (await server.ok("addNotification", channel, None))["id"]
    return Ground(server, page, mails, hooks, sender)


@asynccontextmanager
async def ground_on(folder: Path) -> AsyncIterator[Ground]:
    """Everything, with a page `shop` of two services."""
    async with running(folder) as server, SmtpSink() as mails, HttpSink() as hooks:
        first = await server.add_push_monitor("first", name="Checkout")
        second = await server.add_push_monitor("second", name="Search <b>")
        await server.add_page("shop", first, second, title="Shop")
        async with connect(server.url, "/page") as page:
            assert (await page.call("login", {"username": USER, "password": PASSWORD}))["ok"]
            yield await make(server, mails, hooks, page)
