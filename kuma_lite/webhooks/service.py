"""Sends what happens, in order for each webhook, until it has arrived or a day is over.

What waits is on disk, and goes on after a restart: a message comes at least once, with the same id.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from msgspec import Struct, field

from kuma_lite import __version__
from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor
from kuma_lite.core.clock import MILLISECONDS, Clock, to_ms
from kuma_lite.core.errors import UserError
from kuma_lite.core.redaction import forget_secrets, remember_secrets
from kuma_lite.core.signing import signed_headers
from kuma_lite.core.transactions import Transactions
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import HttpClient, Request
from kuma_lite.webhooks import rules, store
from kuma_lite.webhooks.model import TEST, Letter, Webhook, letter, read_webhook

log = logging.getLogger(__name__)

TIMEOUT_S: Final = 15.0
MAX_WEBHOOKS: Final = 100
_ANSWER_BYTES: Final = 4_096


class _Line(Struct, eq=False):
    """What waits for one webhook, and who carries it."""

    waiting: deque[Letter] = field(default_factory=deque)
    task: asyncio.Task[None] | None = None


class Webhooks:
    """All webhooks: few, and in memory."""

    def __init__(self, database: Transactions, http: HttpClient, clock: Clock) -> None:
        self._database = database
        self._http = http
        self._clock = clock
        self._webhooks: dict[int, Webhook] = {}
        self._lines: dict[int, _Line] = {}

    async def load(self) -> None:
        """Read all of them, and what has not arrived; nothing is sent yet."""
        self._webhooks = {one.id: one for one in await self._database.read(store.read_all)}
        for webhook in self._webhooks.values():
            self._learn(webhook)
        for waiting in await self._database.read(store.read_letters):
            self._line(waiting.webhook_id).waiting.append(waiting)

    def start(self) -> None:
        """Send what waits."""
        for webhook_id in list(self._lines):
            self._carry(webhook_id)

    async def stop(self) -> None:
        """What is under way stays on disk."""
        tasks = [line.task for line in self._lines.values() if line.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def happened(self, organisation: int, kind: str, data: Callable[[], Mapping[str, Any]]) -> None:
        """Something of a kind has happened: whoever wants it is sent its data, which is made then."""
        for webhook in self._webhooks.values():
            if webhook.active and webhook.organisation == organisation and kind in webhook.kinds:
                self._post(letter(webhook.id, kind, to_ms(self._clock.now()), data()))

    async def test(self, webhook: Webhook) -> str:
        """Send a test message now; returns what came back. Raises UserError."""
        one = letter(webhook.id, TEST, to_ms(self._clock.now()), {"webhook": webhook.name})
        status, error = await self._attempt(webhook, one)
        if error:
            raise UserError("The test did not arrive: {reason}", reason=error)
        return f"The test arrived: {status}."

    # --- as the keeper of a resource ---------------------------------------------------------------------

    async def all(self, actor: Actor) -> list[Webhook]:
        """The webhooks of an organisation, oldest first."""
        return [one for one in self._webhooks.values() if one.organisation == actor.organisation]

    async def find(self, _actor: Actor, key: Any) -> Webhook | None:
        """One by its id."""
        return self._webhooks.get(wire_values.whole(key) or 0)

    def document(self, webhook: Webhook) -> dict[str, Any]:
        """What can be chosen."""
        return webhook.document()

    async def create(self, actor: Actor, document: Any) -> Webhook:
        """A new one. Raises UserError."""
        if len(self._webhooks) >= MAX_WEBHOOKS:
            raise UserError("There can be no more than {most} webhooks.", most=MAX_WEBHOOKS)
        return await self._save(read_webhook(document, actor.organisation))

    async def replace(self, actor: Actor, webhook: Webhook, document: Any) -> Webhook:
        """Another document for one. Raises UserError."""
        return await self._save(read_webhook(document, actor.organisation, webhook))

    async def delete(self, _actor: Actor, webhook: Webhook) -> None:
        """Remove one; what waits for it is dropped."""
        self._webhooks.pop(webhook.id, None)
        line = self._lines.pop(webhook.id, None)
        if line is not None and line.task is not None:
            line.task.cancel()
        await self._database.write(lambda db: store.delete(db, webhook.id))
        forget_secrets(("webhook", webhook.id))

    # --- inside ------------------------------------------------------------------------------------------

    async def _save(self, webhook: Webhook) -> Webhook:
        number = await self._database.write(lambda db: store.put(db, webhook))
        saved = self._webhooks[number] = webhook._replace(id=number)
        self._learn(saved)
        if not saved.active:
            self._drop(number)
        return saved

    def _learn(self, webhook: Webhook) -> None:
        remember_secrets(("webhook", webhook.id), [webhook.secret])

    def _line(self, webhook_id: int) -> _Line:
        return self._lines.setdefault(webhook_id, _Line())

    def _post(self, one: Letter) -> None:
        line = self._line(one.webhook_id)
        if len(line.waiting) >= rules.MOST_WAITING:
            oldest = line.waiting.popleft()
            self._database.defer(partial(store.forget_letter, key=oldest.id))
        line.waiting.append(one)
        self._database.defer(partial(store.write_letter, one=one))
        self._carry(one.webhook_id)

    def _drop(self, webhook_id: int) -> None:
        self._line(webhook_id).waiting.clear()
        self._database.defer(partial(store.forget_letters, webhook_id=webhook_id))

    def _carry(self, webhook_id: int) -> None:
        line = self._line(webhook_id)
        if line.waiting and (line.task is None or line.task.done()):
            line.task = asyncio.create_task(self._deliver(webhook_id, line))

    async def _deliver(self, webhook_id: int, line: _Line) -> None:
        """Send what waits, one after the other, until nothing does."""
        attempts = 0
        while line.waiting:
            webhook = self._webhooks.get(webhook_id)
            if webhook is None or not webhook.active:
                return
            one = line.waiting[0]
            if rules.is_stale(one.created, to_ms(self._clock.now())):
                self._done(line, one)
                continue
            status, error = await self._attempt(webhook, one)
            if self._webhooks.get(webhook_id) is None:
                return
            self._note(webhook_id, status, error)
            if not error:
                attempts = 0
                self._done(line, one)
                continue
            attempts += 1
            await asyncio.sleep(rules.pause(attempts, random.random()))  # noqa: S311 - spreads load

    def _done(self, line: _Line, one: Letter) -> None:
        if line.waiting and line.waiting[0] is one:
            line.waiting.popleft()
        self._database.defer(partial(store.forget_letter, key=one.id))

    async def _attempt(self, webhook: Webhook, one: Letter) -> tuple[int | None, str]:
        """The status of the answer, and what went wrong ("" for nothing)."""
        now = self._clock.now()
        request = Request(
            "POST",
            webhook.url,
            headers=[
                ("Content-Type", "application/json"),
                ("User-Agent", f"Kuma-Lite/{__version__}"),
                *signed_headers(webhook.secret, one.id, int(now), one.body).items(),
            ],
            body=one.body,
            timeout=TIMEOUT_S,
            total_timeout=TIMEOUT_S,
            max_redirects=0,
            body_limit=_ANSWER_BYTES,
        )
        try:
            response = await self._http.send(request)
        except NetworkError as error:
            return None, error.message
        except Exception as error:
            log.exception("A webhook could not be sent")
            return None, f"A fault of our own ({type(error).__name__})."
        failed = not 200 <= response.status < 300
        return response.status, f"Request failed with status code {response.status}" if failed else ""

    def _note(self, webhook_id: int, status: int | None, error: str) -> None:
        """How it went; who fails for days is switched off."""
        before, now = self._webhooks[webhook_id], to_ms(self._clock.now())
        if not error:
            if before.failing_since is None and now - (before.last_success or 0) < 60 * MILLISECONDS:
                return  # noted within this minute
            after = before._replace(failing_since=None, last_success=now, last_error=None)
        else:
            since = before.failing_since or now
            off = rules.ends(since, now, status)
            after = before._replace(failing_since=since, last_error=error, active=before.active and not off)
            if off:
                log.warning("The webhook %r is switched off: %s", before.name, error)
                self._drop(webhook_id)
        self._webhooks[webhook_id] = after
        self._database.defer(partial(store.put, webhook=after))
