"""What outlives a scenario."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.conformance.client import Client
from tests.conformance.scenario import PASSWORD, USER
from tests.conformance.target import Target

# The limiter of the reference: log-ins and log-outs together.
LOGINS, LOGIN_WINDOW_S = 20, 62.0


@dataclass(frozen=True)
class Options:
    """How long to wait, and what to say."""

    ack_timeout: float = 5.0  # s, for an acknowledgement
    event_timeout: float = 2.0  # s, for expected pushes
    strict_text: bool = False  # compare messages of the reference's JavaScript or SQLite engine too
    verbose: bool = False  # name every step


DEFAULT = Options()


# What every scenario begins with.
SETTINGS = {
    "checkUpdate": False,
    "checkBeta": False,
    "searchEngineIndex": False,
    "serverTimezone": "UTC",
    "entryPage": "dashboard",
    "primaryBaseURL": None,
    "keepDataPeriodDays": 180,
    "tlsExpiryNotifyDays": [7, 14, 21],
    "domainExpiryNotifyDays": [7, 14, 21],
    "trustProxy": False,
    "nscd": False,
    "dnsCache": False,
    "disableAuth": False,
    "steamAPIKey": "",
    "globalpingApiToken": "",
    "chromeExecutable": "",
}


class Session:
    """A server's address, the driver's own servers, the administrator's token, and the budget of log-ins."""

    def __init__(self, url: str, target: Target, options: Options = DEFAULT) -> None:
        self.url, self.target, self.options = url.rstrip("/"), target, options
        self.token: str | None = None
        self.logins: deque[float] = deque()  # monotonic time of each
        self.version: str | None = None

    async def login_budget(self, n: int = 1, keep: int = 2) -> None:
        """Wait until the server's limiter admits `n` more, and `keep` after them."""
        while True:
            now = time.monotonic()
            while self.logins and now - self.logins[0] > LOGIN_WINDOW_S:
                self.logins.popleft()
            if len(self.logins) + n <= LOGINS - keep or not self.logins:
                break
            await asyncio.sleep(min(LOGIN_WINDOW_S - (now - self.logins[0]) + 0.1, 5))
        self.logins.extend([time.monotonic()] * n)

    async def admin(self, name: str = "admin") -> Client:
        """Connect and log in, without recording; the first one sets the server up."""
        c = Client(name, self.url)
        await c.open()
        if self.token:
            ack = await c.ask("loginByToken", [self.token], 6)
            if not (ack and ack[0].get("ok")):
                self.token = None
        if not self.token:
            ack = await c.ask("needSetup", [], 6)
            if ack and ack[0] is True:
                await c.ask("setup", [USER, PASSWORD], 10)
            await self.login_budget()
            ack = await c.ask("login", [{"username": USER, "password": PASSWORD, "token": ""}], 10)
            if not (ack and isinstance(ack[0], dict) and ack[0].get("token")):
                await c.close()
                raise RuntimeError(f"cannot log in as {USER}: {ack!r}")
            self.token = ack[0]["token"]
        await self.quiet([c])
        return c

    async def quiet(self, clients: Sequence[Client], gap: float = 0.2, limit: float = 4) -> None:
        """Wait until no client was sent anything for `gap` seconds, at most `limit` seconds."""
        end = time.monotonic() + limit
        start = time.monotonic()
        while time.monotonic() < end:
            last = max([start, *(c.last for c in clients)])
            if time.monotonic() - last >= gap:
                return
            await asyncio.sleep(0.03)

    async def reset(self) -> None:
        """Bring the server back to a known state; nothing of this is recorded."""
        c = await self.admin("reset")
        state: dict[str, Any] = {}
        for event, args in c.log:
            if args:
                state[event] = args[0]

        async def ask(event: str, *args: Any) -> list[Any] | None:
            return await c.ask(event, args, self.options.ack_timeout)

        self.version = (state.get("info") or {}).get("version") or self.version
        await c.sio.emit("initServerTimezone", ("UTC",))
        await ask("setSettings", dict(SETTINGS), PASSWORD)

        def keys(things: Any) -> list[Any]:
            return list(things) if isinstance(things, dict) else [thing.get("id") for thing in things or []]

        for i in keys(state.get("maintenanceList")):
            await ask("deleteMaintenance", int(i))
        for i in sorted(map(int, keys(state.get("monitorList")))):
            await ask("deleteMonitor", i)
        for page in (state.get("statusPageList") or {}).values():
            await ask("deleteStatusPage", page.get("slug"))
        for name, event in (
            ("notificationList", "deleteNotification"),
            ("proxyList", "deleteProxy"),
            ("dockerHostList", "deleteDockerHost"),
            ("remoteBrowserList", "deleteRemoteBrowser"),
            ("apiKeyList", "deleteAPIKey"),
        ):
            for i in keys(state.get(name)):
                await ask(event, i)
        ack = await ask("getTags")
        for tag in ((ack or [{}])[0] or {}).get("tags") or []:
            await ask("deleteTag", tag["id"])
        await self.quiet([c], 0.1, 2)
        await c.close()
