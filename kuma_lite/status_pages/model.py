"""What a status page is, by the words of Uptime Kuma's wire, and what it shows of monitors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

from kuma_lite.core.clock import wire_date
from kuma_lite.core.declarations import Status

Document = dict[str, Any]

DEFAULT_ICON: Final = "/icon.svg"
DEFAULT_SLUG: Final = "default"  # the page at /status and /status-page
ENTRY_PREFIX: Final = "statusPage-"  # of a status page as the server's entry page
DASHBOARD: Final = "dashboard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One status page; texts are Markdown where people read them."""

    id: int
    organisation: int
    slug: str
    title: str
    description: str | None = None
    icon: str = ""  # address of a picture
    auto_refresh_interval: int = 300  # seconds
    theme: str = "auto"
    published: bool = True
    show_tags: bool = False
    custom_css: str | None = None
    footer_text: str | None = None
    show_powered_by: bool = True
    analytics_id: str | None = None
    analytics_script_url: str | None = None
    analytics_type: str | None = None
    show_certificate_expiry: bool = False
    show_only_last_heartbeat: bool = False
    rss_title: str | None = None
    domains: tuple[str, ...] = ()

    @property
    def shown_icon(self) -> str:
        """The address of its picture; never empty."""
        return self.icon or DEFAULT_ICON

    def public_config(self) -> Document:
        """`config` for everybody."""
        return {wire: getattr(self, name) for wire, name in WIRE_FIELDS.items()} | {"icon": self.shown_icon}

    def private_config(self) -> Document:
        """`config` for those who edit it."""
        return {"id": self.id, "domainNameList": list(self.domains), **self.public_config()}


# Key on the wire → field.
WIRE_FIELDS: Final = {
    "slug": "slug",
    "title": "title",
    "description": "description",
    "icon": "icon",
    "autoRefreshInterval": "auto_refresh_interval",
    "theme": "theme",
    "published": "published",
    "showTags": "show_tags",
    "customCSS": "custom_css",
    "footerText": "footer_text",
    "showPoweredBy": "show_powered_by",
    "analyticsId": "analytics_id",
    "analyticsScriptUrl": "analytics_script_url",
    "analyticsType": "analytics_type",
    "showCertificateExpiry": "show_certificate_expiry",
    "showOnlyLastHeartbeat": "show_only_last_heartbeat",
    "rssTitle": "rss_title",
}


class Member(NamedTuple):
    """A monitor in a group of a page."""

    monitor_id: int
    send_url: bool = False  # show its address
    custom_url: str | None = None  # instead of the monitor's own
    show_certificate: bool | None = None  # None: as the page says
    show_tags: bool | None = None  # None: as the page says
    show_ping: bool = False  # the latest response time


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of a page with the monitors below it, in their order."""

    id: int
    name: str
    weight: int  # place on the page, from 1
    members: tuple[Member, ...]
    public: bool = True


@dataclass(frozen=True, slots=True)
class Incident:
    """Something a person wrote for the visitors of a page. Times are seconds since 1970."""

    id: int
    page_id: int
    title: str
    content: str  # Markdown
    style: str
    created: int
    updated: int | None
    pin: bool = True
    active: bool = True

    def as_wire(self) -> Document:
        """The incident of Uptime Kuma 2.5, null for a date there is none of."""
        return {
            "id": self.id,
            "style": self.style,
            "title": self.title,
            "content": self.content,
            "pin": self.pin,
            "active": self.active,
            "createdDate": wire_date(self.created),
            "lastUpdatedDate": None if self.updated is None else wire_date(self.updated),
            "status_page_id": self.page_id,
        }


class ShownTag(NamedTuple):
    """A tag on a monitor."""

    id: int  # of the tag being on the monitor
    tag_id: int
    value: str | None
    name: str
    color: str


class ShownMonitor(NamedTuple):
    """What a page may show of a monitor."""

    id: int
    name: str
    type: str
    url: str | None


class ShownServer(NamedTuple):
    """What a page shows of a server: how it is, and nothing else."""

    name: str
    online: bool
    alerts: tuple[str, ...]  # what is above its threshold: cpu, ram, disk, net_in, net_out, downtime
    maintenance: bool
    since: int  # of the present state, as far as it is known; milliseconds since 1970

    @property
    def status(self) -> Status:
        """As a monitor would say it; a busy server is up."""
        if self.maintenance:
            return Status.MAINTENANCE
        return Status.UP if self.online else Status.DOWN

    def as_wire(self) -> Document:
        """One entry of `serverList`."""
        return {
            "name": self.name,
            "status": "online" if self.online else "offline",
            "alerts": list(self.alerts),
            "maintenance": self.maintenance,
        }


class ShownState(NamedTuple):
    """How something on a page is, since when (milliseconds since 1970)."""

    status: Status
    time: int


class ShownBeat(Protocol):
    """A recorded beat."""

    @property
    def status(self) -> Status:
        """What it says."""

    @property
    def time(self) -> int:
        """When it began, in milliseconds since 1970."""

    @property
    def ping(self) -> float | None:
        """Response time in milliseconds."""


class Window(NamedTuple):
    """A span of time up to now, in buckets of `seconds` each, the current one included."""

    seconds: int
    buckets: int


class Figures(NamedTuple):
    """Statistics of a monitor over a window."""

    uptime: float  # 0..1; 0 without any beat
    average_ping: float | None  # milliseconds; None without any


class Monitors(Protocol):
    """What status pages need of monitors. None of it asks whether the public may see it."""

    def find(self, monitor_id: int) -> ShownMonitor | None:
        """A monitor; None: there is none of that id."""

    def last(self, monitor_id: int) -> ShownBeat | None:
        """The newest beat."""

    def beats(self, monitor_id: int) -> Sequence[ShownBeat]:
        """The last hundred, oldest first."""

    def uptime_day(self, monitor_id: int) -> float:
        """Share of the last 24 hours' beats that were up, 0..1."""

    async def figures(self, monitor_id: int, window: Window) -> Figures:
        """Statistics over a window."""

    async def tags(self, monitor_ids: Sequence[int]) -> Mapping[int, Sequence[ShownTag]]:
        """The tags on some monitors, by name."""

    async def certificate(self, monitor_id: int) -> Mapping[str, Any] | None:
        """The `certInfo` document; None when no certificate is known."""


class Maintenance(Protocol):
    """What status pages need of planned maintenance."""

    def running_on_page(self, page_id: int) -> list[Document]:
        """The wire objects of a page's plans that are under way now."""


class Settings(Protocol):
    """What status pages need of the settings."""

    @property
    def entry_page(self) -> Mapping[str, str | None]:
        """`{"entryPage": ...}`, or `{}`."""

    async def set_entry_page(self, value: str) -> None:
        """Where `/` leads."""

    def get(self, key: str, default: Any = None) -> Any:
        """A setting."""


@dataclass(frozen=True, slots=True)
class StatusPageRemoved:
    """A status page is gone; whatever names it should forget it."""

    page_id: int
