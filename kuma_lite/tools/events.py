"""The Socket.IO events of small helpers (Uptime Kuma 2.5, socket reference §4.2 and §4.4)."""

from __future__ import annotations

from typing import Any

from kuma_lite.core.access import Right
from kuma_lite.core.doors import Access, Answer, Caller, Doors, Event
from kuma_lite.core.errors import NotLoggedIn, UserError
from kuma_lite.tools.domains import ServerOf, TargetOf, check_domain
from kuma_lite.tools.games import game_list
from kuma_lite.tools.programs import chromium_version, pm2_processes
from kuma_lite.tools.push_examples import push_example
from kuma_lite.tools.upkeep import DatabaseFile, shrink, size_of
from kuma_lite.tools.vapid import VapidKeys


class ToolEvents:
    """What forms and the settings page ask for.

    Args:
        allow_all_browsers: whoever may, may have any program started as the browser.
    """

    def __init__(
        self,
        database: DatabaseFile,
        vapid: VapidKeys,
        target_of: TargetOf,
        server_of: ServerOf,
        *,
        allow_all_browsers: bool = False,
    ) -> None:
        self._database = database
        self._vapid = vapid
        self._target_of = target_of
        self._allow_all_browsers = allow_all_browsers
        self._server_of = server_of

    def doors(self) -> Doors:
        """Every event of this feature."""
        return Doors(
            events=[
                Event("getDatabaseSize", self.database_size),
                Event("shrinkDatabase", self.shrink_database),
                Event("getPushExample", self.push_example, 1, needs=Right.MONITORS_VIEW),
                Event("getGameList", self.game_list, needs=Right.MONITORS_VIEW),
                Event("getPM2ProcessList", self.pm2_processes),
                Event("testChrome", self.test_chrome, 1),
                Event(
                    "checkDomain", self.check_domain, 1, on_error=_domain_refusal, needs=Right.MONITORS_EDIT
                ),
                Event("getWebpushVapidPublicKey", self.vapid_key, access=Access.PUBLIC),
            ]
        )

    async def database_size(self, caller: Caller) -> Answer:
        """Bytes."""
        del caller
        return {"ok": True, "size": size_of(self._database)}

    async def shrink_database(self, caller: Caller) -> Answer:
        """Give free pages back."""
        del caller
        await shrink(self._database)
        return {"ok": True}

    async def push_example(self, caller: Caller, language: Any) -> Answer:
        """A program that pushes."""
        del caller
        return {"ok": True, "code": push_example(language)}

    async def game_list(self, caller: Caller) -> Answer:
        """The games that can be asked for their players, for forms."""
        del caller
        return {"ok": True, "gameList": game_list()}

    async def pm2_processes(self, caller: Caller) -> Answer:
        """What PM2 keeps on this machine."""
        del caller
        return {"ok": True, "processList": await pm2_processes()}

    async def test_chrome(self, caller: Caller, path: Any) -> Answer:
        """Which browser is there."""
        del caller
        version = await chromium_version(path, allow_all=self._allow_all_browsers)
        message = {"key": "foundChromiumVersion", "values": [version]}
        return {"ok": True, "msg": message, "msgi18n": True}

    async def check_domain(self, caller: Caller, monitor: Any) -> Answer:
        """Whether the registration of a monitor's domain can be watched."""
        del caller
        found = check_domain(monitor, self._target_of, self._server_of)
        return {"ok": True, "domain": found.domain, "tld": found.tld}

    async def vapid_key(self, caller: Caller) -> Answer:
        """For browsers that subscribe to web push."""
        del caller
        return {"ok": True, "msg": (await self._vapid.pair()).public}


def _domain_refusal(error: UserError) -> Answer:
    """The one event whose refusals always say whether they are keys, and about what."""
    if isinstance(error, NotLoggedIn):
        return {**error.as_answer(), "msgi18n": False, "meta": {}}
    return error.as_answer()
