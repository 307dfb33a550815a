"""Settings, all of them in memory: they are few, read at every turn and seldom written."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from kuma_lite.core.bus import Bus
from kuma_lite.core.bus_events import SettingsChanged
from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import UserError
from kuma_lite.core.transactions import Transactions
from kuma_lite.settings import store
from kuma_lite.settings.rules import GENERAL, choose_time_zone, is_time_zone, utc_offset, wrong_origin

log = logging.getLogger(__name__)

_ENTRY_PAGE: Final = "entryPage"
_TIME_ZONE: Final = "serverTimezone"
_ORIGINS: Final = "apiCorsOrigins"
# Internal rows that people may switch all the same; Uptime Kuma 2.5 never lets go of this one.
_SWITCHES: Final = frozenset({"apiKeysEnabled"})
# Clients compare the name with what browsers say, and those have one name for all of these.
_OTHER_NAMES_OF_UTC: Final = frozenset(
    {"Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Universal", "Zulu"}
)
_LOCAL_TIME: Final = Path("/etc/localtime")


class Settings:
    """The settings of this server.

    Args:
        database: where they are kept.
        bus: is told of changes.
        clock: for the offset of the time zone, which depends on the season.
        environment_zone: the variable `TZ`.
        rows: what is stored now (`Settings.load` reads it).
    """

    def __init__(
        self,
        database: Transactions,
        bus: Bus,
        clock: Clock,
        environment_zone: str | None,
        rows: dict[str, store.Row],
    ) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._environment_zone = environment_zone
        self._rows = rows
        self._guessed_zone = _machine_zone()
        self._entry_page: dict[str, str | None] = {_ENTRY_PAGE: self.get(_ENTRY_PAGE)}

    @classmethod
    async def load(
        cls, database: Transactions, bus: Bus, clock: Clock, *, environment_zone: str | None = None
    ) -> Settings:
        """Read everything; `TZ` comes from the environment when it is not given."""
        zone = environment_zone if environment_zone is not None else os.environ.get("TZ")
        return cls(database, bus, clock, zone, await database.read(store.read_all))

    def get(self, key: str, default: Any = None) -> Any:
        """A setting; the default when it is unset or null."""
        row = self._rows.get(key)
        return default if row is None or row.value is None else row.value

    def text(self, key: str) -> str:
        """A general setting that is a text, without the blanks around it; "" for anything else."""
        row = self._rows.get(key)
        return (
            row.value.strip()
            if row is not None and row.type == GENERAL and isinstance(row.value, str)
            else ""
        )

    def general(self) -> dict[str, Any]:
        """What people may see and change, with the time zone filled in."""
        shown = {key: row.value for key, row in self._rows.items() if row.type == GENERAL}
        if not shown.get(_TIME_ZONE):
            shown[_TIME_ZONE] = self.timezone()
        return shown

    @property
    def entry_page(self) -> dict[str, str | None]:
        """`{"entryPage": ...}`, or `{}` after a save that left it out (Uptime Kuma 2.5 forgets it then)."""
        return self._entry_page

    def primary_base_url(self) -> str:
        """Where people reach this server from outside, for links; "" when it is not set."""
        url = self.get("primaryBaseURL", "")
        return url if isinstance(url, str) else ""

    def timezone(self) -> str:
        """IANA name of the server's time zone."""
        return choose_time_zone(self._environment_zone, self.get(_TIME_ZONE), self._guessed_zone)

    def timezone_offset(self) -> str:
        """Its present distance from UTC, as `+05:30`."""
        return utc_offset(self.timezone(), self._clock.now())

    async def set_entry_page(self, value: str) -> None:
        """Where `/` leads: "dashboard" or "statusPage-<slug>"."""
        self._entry_page = {_ENTRY_PAGE: value}
        await self._write({_ENTRY_PAGE: value}, GENERAL)

    async def set(self, key: str, value: Any, *, kind: str | None = None) -> None:
        """Write one setting; its type becomes `kind`."""
        await self._write({key: value}, kind)

    async def save_general(self, values: Mapping[str, Any]) -> None:
        """What a person saved: general settings and unknown keys; internal ones are left alone.

        Raises:
            UserError: the time zone is none, or a site that may use the API; nothing is stored then.
        """
        zone = values.get(_TIME_ZONE)
        if zone and not is_time_zone(zone):
            raise UserError("Invalid timezone:{zone}", zone=zone)
        # What was stored before there was this rule keeps nobody from saving another setting.
        origins = values.get(_ORIGINS)
        if origins != self.get(_ORIGINS) and (wrong := wrong_origin(origins)) is not None:
            sentence = "{origin} is not the origin of a site, which is written like https://shop.example."
            raise UserError(sentence, extra={"field": _ORIGINS}, origin=wrong)
        permitted = {key: value for key, value in values.items() if self._is_general(key)}
        switched = {key: values[key] for key in _SWITCHES if isinstance(values.get(key), bool)}
        self._entry_page = {_ENTRY_PAGE: values[_ENTRY_PAGE]} if _ENTRY_PAGE in values else {}
        await self._write(permitted, GENERAL)
        if switched:
            await self._write(switched, None)

    async def take_browser_zone(self, zone: Any) -> bool:
        """The first browser's time zone becomes the server's; whether it is one."""
        await self.set("initServerTimezone", True)
        if not is_time_zone(zone):
            log.warning("The browser's time zone is unknown here and was not taken over")
            return False
        await self._write({_TIME_ZONE: zone}, GENERAL)
        return True

    def _is_general(self, key: str) -> bool:
        row = self._rows.get(key)
        return key not in _SWITCHES and (row is None or row.type == GENERAL)

    async def _write(self, values: Mapping[str, Any], kind: str | None) -> None:
        if values:
            await self._database.write(lambda db: store.write(db, values, kind))
            self._rows.update({key: store.Row(value, kind) for key, value in values.items()})
        self._bus.publish(SettingsChanged(frozenset(values)))


def _machine_zone() -> str | None:
    """The zone this machine is set to, from the usual link into the time zone database."""
    try:
        target = os.readlink(_LOCAL_TIME)
    except OSError:
        return None
    _, found, name = target.partition("zoneinfo/")
    return ("UTC" if name in _OTHER_NAMES_OF_UTC else name) if found else None
