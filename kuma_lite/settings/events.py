"""The Socket.IO events of settings, and the `info` every client begins with."""

from __future__ import annotations

import platform
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Protocol

from kuma_lite import UPTIME_KUMA_VERSION
from kuma_lite.core.access import Audience, Right
from kuma_lite.core.doors import COMPATIBLE, PAGE, Answer, Caller, Doors, Event, Push, Then, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.core.kept_secrets import KEEP
from kuma_lite.settings.service import Settings

# What Node.js, and therefore every client, calls them.
_ARCHITECTURES: Final = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64", "armv7l": "arm"}
# Keys of other people's services: compatible clients get them, our own page a mark in their place.
SECRETS: Final = frozenset({"steamAPIKey", "globalpingApiToken"})
_INFO_ORDER: Final = 20  # of the lists after a log-in
_ASK_ZONE_ORDER: Final = 90


class Passwords(Protocol):
    """Who knows whether a password is right."""

    async def check_password(self, user_id: int | None, password: Any) -> None:
        """Raises UserError when it is not the user's."""

    async def remember_host(self, name: str) -> None:
        """Somebody has proved under that host name who they are."""


class SettingsDoors:
    """What clients can do with settings.

    Args:
        settings: the settings.
        passwords: asked before authentication is switched off.
        push: to throw others out when it is switched on again.
        is_container: for `info`.
        push_maintenance: pushes the maintenance list to an audience.
    """

    def __init__(
        self,
        settings: Settings,
        passwords: Passwords,
        push: Push,
        *,
        is_container: bool = False,
        push_maintenance: Callable[[Audience], Awaitable[None]] | None = None,
    ) -> None:
        self._settings = settings
        self._passwords = passwords
        self._push = push
        self._is_container = is_container
        self._push_maintenance = push_maintenance

    def doors(self) -> list[Doors]:
        """The events, `info` on connect and log-in, and the question for the time zone."""
        events = [
            Event("getSettings", self.get_settings, needs=Right.SETTINGS_VIEW),
            Event("setSettings", self.set_settings, 2, needs=Right.SETTINGS_EDIT),
            Event(
                "initServerTimezone",
                self.init_server_timezone,
                1,
                answers=False,
                needs=Right.SETTINGS_EDIT,
            ),
        ]
        return [
            Doors(
                events=events,
                on_connect=self.send_short_info,
                on_login=self.send_info,
                login_order=_INFO_ORDER,
                needs=Right.ACCOUNT,
                routes=self._routes,
            ),
            Doors(on_login=self.ask_for_zone, login_order=_ASK_ZONE_ORDER, needs=Right.SETTINGS_EDIT),
        ]

    def _routes(self) -> Sequence[Any]:
        from kuma_lite.rest.route import mounted
        from kuma_lite.settings.api import SettingsApi

        return mounted(SettingsApi(self._settings).routes())

    async def get_settings(self, caller: Caller) -> Answer:
        """Everything people may see; no secret on our own page."""
        shown = self._settings.general()
        if caller.namespace == PAGE:
            shown |= {key: KEEP for key in SECRETS if shown.get(key)}
        return {"ok": True, "data": shown}

    async def set_settings(self, caller: Caller, data: Any, password: Any) -> Answer:
        """Save; clients get the new `info` after the answer."""
        if isinstance(data, list):  # JavaScript's empty object, as some encoders write it
            data = {}
        if not isinstance(data, dict):
            raise UserError("The settings must be an object.")
        data = {key: value for key, value in data.items() if not (key in SECRETS and value == KEEP)}
        was_open = bool(self._settings.get("disableAuth"))
        if data.get("disableAuth") and not was_open:
            await self._passwords.check_password(actor_of(caller).user_id, password)
            await self._passwords.remember_host(caller.host)
        await self._settings.save_general(data)
        if was_open and "disableAuth" in data and not data["disableAuth"]:
            # Whoever came in without a password must not stay (GHSA-23q2-5gf8-gjpp).
            await self._push.disconnect_user(actor_of(caller).author, except_sid=caller.sid)
        return Then({"ok": True, "msg": "Saved.", "msgi18n": True}, lambda: self._after_saving(caller))

    async def _after_saving(self, caller: Caller) -> None:
        """What clients are pushed after the answer: another time zone moves the maintenance windows."""
        await self.send_info(caller)
        if self._push_maintenance is not None and caller.actor is not None:
            await self._push_maintenance(caller.actor.everybody(Right.MAINTENANCE_VIEW))

    async def init_server_timezone(self, caller: Caller, zone: Any) -> Answer:
        """A browser's answer to the question for its zone."""
        if await self._settings.take_browser_zone(zone):
            await self.send_info(caller)

    async def send_short_info(self, caller: Caller) -> None:
        """What everybody may know, the version not included."""
        await caller.emit("info", self._short_info())

    async def send_info(self, caller: Caller) -> None:
        """What clients of a logged-in user compare themselves with."""
        await caller.emit(
            "info",
            {
                **self._short_info(),
                "version": UPTIME_KUMA_VERSION,
                "latestVersion": None,
                "isContainer": self._is_container,
                "dbType": "sqlite",
                "runtime": {
                    "platform": sys.platform,
                    "arch": _ARCHITECTURES.get(platform.machine(), platform.machine()),
                },
            },
        )

    async def ask_for_zone(self, caller: Caller) -> None:
        """Once: the browser knows the zone of the person who sets the server up."""
        if caller.namespace == COMPATIBLE and not self._settings.get("initServerTimezone"):
            await caller.emit("initServerTimezone")

    def _short_info(self) -> dict[str, Any]:
        return {
            "primaryBaseURL": self._settings.get("primaryBaseURL"),
            "serverTimezone": self._settings.timezone(),
            "serverTimezoneOffset": self._settings.timezone_offset(),
        }
