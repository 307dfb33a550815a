"""One scenario against one server: the steps that it is made of, `s` in the scenarios."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
from collections.abc import Sequence
from typing import Any

import aiohttp
from yarl import URL

from tests.conformance.client import Client, Nothing, lenient
from tests.conformance.scenario import monitor
from tests.conformance.summaries import summary
from tests.conformance.transcript import Step, Transcript

# Of an HTTP answer these headers are compared.
HEADERS = (
    "content-type",
    "location",
    "www-authenticate",
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "x-frame-options",
    "x-powered-by",
)


STATISTICS = ("avgPing", "uptime", "certInfo")  # pushed after a heartbeat
NUMBER_IN_PATH = re.compile(r"(?<=/)\d+(?=/)")


class Run(Transcript):
    """The steps. Keyword arguments that a step does not know are marks: see the README."""

    # ---------------------------------------------------------------- clients
    async def admin(self, name: str = "admin") -> Client:
        """A client that is logged in already; getting there is not recorded."""
        c = await self.session.admin(name)
        c.beats = []
        self.clients.append(c)
        await self.session.quiet(self.clients, 0.1, 2)
        self.forget_pushes()
        return c

    async def connect(
        self,
        name: str = "guest",
        label: str | None = None,
        transports: Sequence[str] = ("websocket",),
        **marks: Any,
    ) -> Client:
        """Step: connect; what the server pushes at once is compared."""
        c = Client(name, self.session.url, transports)
        self.clients.append(c)
        step: Step = {"label": label or "connect " + name, "kind": "connect", "connected": True}
        try:
            await c.open()
        except Exception as e:
            step["connected"] = False
            self.say_error(e)
        step["events"] = await self.pushes("login", marks)
        self.done(step, marks)
        return c

    async def drop(self, client: Client) -> None:
        """Close a client without recording it."""
        await client.close()
        self.clients.remove(client)

    # ------------------------------------------------------------------ steps
    async def call(
        self,
        client: Client,
        event: str,
        *args: Any,
        label: str | None = None,
        settle: bool = True,
        timeout: float | None = None,
        **marks: Any,
    ) -> Any:
        """Step: emit with acknowledgement; return its first argument."""
        if event in ("login", "logout") and not marks.get("free"):
            await self.session.login_budget(keep=marks.get("spare", 2))
        exp = self.expected()
        if timeout is None:
            timeout = self.session.options.ack_timeout
            if exp is None:
                timeout = 6
            elif "ack" in exp and exp["ack"] is None:
                timeout = 1.0
        step: Step = {
            "label": label or event,
            "kind": "call",
            "sent": {"client": client.name, "event": event, "args": json.loads(json.dumps(args))},
        }
        try:
            step["ack"] = await client.ask(event, args, marks.get("ack_wait", timeout))
        except Exception as e:
            step["ack"] = None
            self.say_error(e)
        step["events"] = await self.pushes(event, marks) if settle else []
        self.done(step, marks)
        ack = step["ack"]
        return lenient(ack[0]) if ack and ack[0] is not None else Nothing()

    async def mute(
        self,
        client: Client,
        event: str,
        *args: Any,
        label: str | None = None,
        wait: float = 0.8,
        **marks: Any,
    ) -> Any:
        """Step: a call that the reference leaves unanswered; a short wait shows it."""
        return await self.call(
            client, event, *args, label=label or f"{event} (unanswered)", timeout=wait, **marks
        )

    async def send(
        self, client: Client, event: str, *args: Any, label: str | None = None, **marks: Any
    ) -> None:
        """Step: emit without acknowledgement; the pushes are the answer."""
        step: Step = {
            "label": label or event,
            "kind": "send",
            "sent": {"client": client.name, "event": event, "args": json.loads(json.dumps(args))},
        }
        try:
            await client.sio.emit(event, tuple(args) if args else None)
        except Exception as e:
            self.say_error(e)
        step["events"] = await self.pushes(event, marks)
        self.done(step, marks)

    async def quietly(self, client: Client, event: str, *args: Any, timeout: float = 10) -> Any:
        """Not a step: arrange something without recording it."""
        if event in ("login", "logout"):
            await self.session.login_budget()
        ack = await client.ask(event, args, timeout)
        await self.session.quiet(self.clients, 0.15, 3)
        self.forget_pushes()
        return lenient(ack[0]) if ack and isinstance(ack[0], dict) else Nothing()

    async def http(
        self,
        method: str,
        path: str,
        label: str | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        body: Any = None,
        json_body: Any = None,
        events: bool = True,
        raw: bool = False,
        **marks: Any,
    ) -> Any:
        """Step: an HTTP request to the server under test."""
        step: Step = {
            "label": label or f"{method} {re.sub(NUMBER_IN_PATH, 'N', path)}",
            "kind": "http",
            "sent": {"method": method, "path": path},
        }
        if headers:
            step["sent"]["headers"] = headers
        if body is not None:
            step["sent"]["body"] = body
        if json_body is not None:
            step["sent"]["json"] = json_body
        sending = dict(headers or {})
        if auth:
            step["sent"]["auth"] = list(auth)
            sending["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http,
                http.request(
                    method,
                    URL(self.session.url + path, encoded=True),
                    headers=sending,
                    data=body,
                    json=json_body,
                    allow_redirects=False,
                ) as response,
            ):
                text = (await response.read()).decode("utf-8", "replace")
                kind = response.headers.get("content-type", "")
                step["response"] = {
                    "status": response.status,
                    "headers": {h: response.headers[h] for h in HEADERS if h in response.headers},
                    **({"text": text} if raw else summary(kind, text)),
                }
        except Exception as e:
            step["response"] = {"failed": type(e).__name__}
            self.say_error(e)
        step["events"] = await self.pushes("http", marks) if events else []
        if not events:
            self.forget_pushes()
        self.done(step, marks)
        answer = step["response"].get("json")
        return lenient(answer) if isinstance(answer, dict) else Nothing()

    async def beats(
        self,
        client: Client,
        monitor_id: Any,
        n: int = 1,
        label: str | None = None,
        timeout: float = 12,
        stats: bool = True,
        **marks: Any,
    ) -> list[dict[str, Any]]:
        """Step: wait for the next n heartbeats of one monitor, and the statistics that follow the last."""
        of_monitor = str(monitor_id)
        start = client.beat_cursor[monitor_id]
        end = time.monotonic() + timeout
        while True:
            places = [i for i in range(start, len(client.beats)) if _beat_of(client.beats[i]) == of_monitor][
                :n
            ]
            if len(places) == n or time.monotonic() >= end:
                break
            await asyncio.sleep(0.02)
        stop = places[-1] if len(places) == n else len(client.beats) - 1
        if len(places) == n and stats:
            end = min(end, time.monotonic() + 2)
            while (
                last := _last_statistic(client.beats, stop, of_monitor)
            ) is None and time.monotonic() <= end:
                await asyncio.sleep(0.02)
            stop = stop if last is None else last
        found = [client.beats[i][1][0] for i in places]
        step: Step = {
            "label": label or f"{n} heartbeat{'' if n == 1 else 's'}",
            "kind": "beats",
            "beats": found,
        }
        if stats:
            step["stats"] = [
                [client.name, event, args]
                for event, args in client.beats[start : stop + 1]
                if event in STATISTICS and args and str(args[0]) == of_monitor
            ]
        client.beat_cursor[monitor_id] = stop + 1
        self.done(step, marks)
        return found

    async def forget_beats(self, client: Client, monitor_id: Any) -> None:
        """Not a step: ignore the heartbeats that have arrived so far."""
        await asyncio.sleep(0.1)
        client.beat_cursor[monitor_id] = len(client.beats)

    async def pushed(
        self, client: Client, event: str, label: str | None = None, timeout: float = 8, **marks: Any
    ) -> None:
        """Step: wait until an event of this name is pushed."""
        end = time.monotonic() + timeout
        while time.monotonic() < end and not any(e == event for e, _ in client.log[client.cursor :]):
            await asyncio.sleep(0.03)
        marks.setdefault("also", [event])
        step: Step = {
            "label": label or "pushed " + event,
            "kind": "pushed",
            "events": await self.pushes(event, marks),
        }
        self.done(step, marks)

    async def seen(
        self, path: str, n: int = 1, label: str | None = None, timeout: float = 10, **marks: Any
    ) -> list[dict[str, Any]]:
        """Step: the next n requests that the driver's web server got on a path."""
        end = time.monotonic() + timeout
        start = self.target.cursor.get(path, 0)
        while True:
            got = [e for _, e in self.target.log if e["path"] == path][start : start + n]
            if len(got) >= n or time.monotonic() > end:
                break
            await asyncio.sleep(0.02)
        self.target.cursor[path] = start + len(got)
        step: Step = {"label": label or "requests to " + path, "kind": "requests", "requests": got}
        self.done(step, marks)
        return got

    async def unseen(self, path: str, wait: float = 1.5, label: str | None = None) -> None:
        """Step: nothing (more) arrives on a path."""
        await asyncio.sleep(wait)
        start = self.target.cursor.get(path, 0)
        got = [e for _, e in self.target.log if e["path"] == path][start:]
        self.target.cursor[path] = start + len(got)
        self.done({"label": label or "nothing more to " + path, "kind": "requests", "requests": got}, {})

    async def note(
        self,
        label: str,
        value: Any,
        key: str | None = None,
        as_event: str | None = None,
        **marks: Any,
    ) -> None:
        """Step: compare a value the scenario worked out itself."""
        self.done(
            {
                "label": label,
                "kind": "note",
                "value": json.loads(json.dumps(value)),
                "value_key": key,
                "as_event": as_event,
            },
            marks,
        )

    # ----------------------------------------------------------- conveniences
    async def add(
        self, client: Client, label: str | None = None, beat: bool | None = None, **fields: Any
    ) -> Any:
        """Step: add a monitor (see `monitor`); return its id.

        `beat`: also wait for the first heartbeat; by default for active ones of most types.
        """
        m = monitor(**fields)
        r = await self.call(client, "add", m, label=label or "add " + m["name"])
        i = r["monitorID"]
        if beat is None:
            beat = m.get("active", True) is not False and m["type"] not in ("push",)
        if beat and i:
            await self.beats(client, i, 1, label="first heartbeat of " + m["name"])
        return i

    async def hidden_add(self, client: Client, settle: bool = True, **fields: Any) -> Any:
        """Not a step: add a monitor and wait for its first heartbeat; return its id."""
        m = monitor(**fields)
        r = await self.quietly(client, "add", m)
        i = r["monitorID"]
        if i and m.get("active", True) is not False and m["type"] != "push" and settle:
            end = time.monotonic() + 8
            while time.monotonic() < end and not any(
                e == "heartbeat" and a and str(a[0].get("monitorID")) == str(i) for e, a in client.beats
            ):
                await asyncio.sleep(0.03)
            await self.session.quiet([client], 0.15, 2)
            self.forget_pushes()
            client.beat_cursor[i] = len(client.beats)
        return i

    async def minute_room(self, seconds: float) -> None:
        """Wait until the current minute has this many seconds left.

        Statistics are kept by the minute: what follows falls into one bucket.
        """
        left = 60 - time.time() % 60
        if left < seconds:
            await asyncio.sleep(left + 0.2)


def _beat_of(pushed: list[Any]) -> str | None:
    """The monitor that a pushed heartbeat belongs to."""
    event, args = pushed
    if event == "heartbeat" and args and isinstance(args[0], dict):
        return str(args[0].get("monitorID"))
    return None


def _last_statistic(beats: list[list[Any]], start: int, monitor: str) -> int | None:
    """Where the last statistic that follows a heartbeat is: the uptime of a year."""
    for i in range(start, len(beats)):
        event, args = beats[i]
        if event == "uptime" and len(args) > 1 and str(args[0]) == monitor and args[1] == "1y":
            return i
    return None
