"""What a status page is, by the words of Uptime Kuma's wire, and what it shows of monitors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol

from msgspec import Struct

from kuma_lite.core.clock import wire_date
from kuma_lite.core.declarations import Status
from kuma_lite.status_pages.component_model import Component

Document = dict[str, Any]

DEFAULT_ICON: Final = "/icon.svg"
DEFAULT_SLUG: Final = "default"  # the page at /status and /status-page
ENTRY_PREFIX: Final = "statusPage-"  # of a status page as the server's entry page
DASHBOARD: Final = "dashboard"


class Page(Struct, frozen=True, kw_only=True):
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
    show_response_times: bool = False
    auto_incident_minutes: int = 0  # of an outage, after which an incident begins by itself; 0: never
    auto_incident_text: str | None = None
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
        own = {wire: value for wire, name in OWN_FIELDS.items() if (value := getattr(self, name))}
        return {"id": self.id, "domainNameList": list(self.domains), **self.public_config(), **own}


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
# The same for what Uptime Kuma does not know; its clients see a key where somebody has chosen it.
OWN_FIELDS: Final = {
    "showResponseTimes": "show_response_times",
    "autoIncidentMinutes": "auto_incident_minutes",
    "autoIncidentText": "auto_incident_text",
}


class Member(NamedTuple):
    """A monitor in a group of a page."""

    monitor_id: int
    send_url: bool = False  # show its address
    custom_url: str | None = None  # instead of the monitor's own
    show_certificate: bool | None = None  # None: as the page says
    show_tags: bool | None = None  # None: as the page says
    show_ping: bool = False  # the latest response time


class Group(Struct, frozen=True):
    """A heading of a page with the monitors below it, in their order."""

    id: int
    name: str
    weight: int  # place on the page, from 1
    members: tuple[Member, ...]
    public: bool = True
    components: tuple[Component, ...] = ()  # above the monitors


class Incident(Struct, frozen=True):
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


class IncidentState(StrEnum):
    """How far people are with an incident."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class Update(Struct, frozen=True):
    """One step of an incident's timeline."""

    id: int
    incident_id: int
    state: IncidentState
    content: str  # Markdown; "": what the incident itself says
    created: int  # seconds since 1970

    def as_wire(self) -> Document:
        """One entry of `updates`."""
        return {
            "id": self.id,
            "state": self.state.value,
            "content": self.content,
            "createdDate": wire_date(self.created),
        }


class Written(Struct, frozen=True):
    """An incident that somebody is writing, with all that would stand below it."""

    incident: Incident  # with the id of another, in its place; 0: a new one
    updates: tuple[Update, ...]  # oldest first
    monitors: tuple[int, ...]  # that it affects


class IncidentHappened(Struct, frozen=True):
    """Somebody has posted or changed an incident; told inside the transaction that stores it."""

    before: Incident | None  # None: it is new
    after: Incident
    update: Update | None = None  # the step that was added to its timeline
    monitors: tuple[int, ...] = ()  # that it is about; none: the page as a whole


class PlannedWindow(Struct, frozen=True):
    """A time under maintenance that a page tells of."""

    plan_id: int
    title: str
    description: str  # Markdown
    start: float | None  # seconds since 1970; None: nobody noted when somebody switched it on
    end: float | None  # None: until somebody ends it
    running: bool


class Bar(Struct, frozen=True):
    """What happened to a monitor in one span of time."""

    start: int  # seconds since 1970
    uptime: float | None  # share of checks that found it up, 0..1; None: there was none
    outages: int = 0  # that began in the span
    down_s: int = 0  # seconds
    maintenance: bool = False


class ShownTag(NamedTuple):
    """A tag on a monitor."""

    id: int  # of the tag being on the monitor
    tag_id: int
    value: str | None
    name: str
    color: str


class ShownMonitor(Struct, frozen=True):
    """What a page may show of a monitor."""

    id: int
    name: str
    type: str
    url: str | None
    paused: bool = False  # itself, or a group above it
    since: int | None = None  # of the latest change of state, milliseconds since 1970


class ShownServer(Struct, frozen=True):
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


class ShownState(Struct, frozen=True):
    """How something on a page is."""

    name: str
    status: Status
    since: int  # milliseconds since 1970
    key: str  # of the thing, in feeds
    monitors: tuple[
        int, ...
    ] = ()  # that it is; none of a component or server, of which visitors learn no more


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


class Window(Struct, frozen=True):
    """A span of time up to now, in buckets of `seconds` each, the current one included."""

    seconds: int
    buckets: int


class Figures(Struct, frozen=True):
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

    async def changes(
        self, monitor_ids: Sequence[int], since: int
    ) -> Mapping[int, Sequence[tuple[float, Status | None]]]:
        """The changes of state of some monitors, oldest first, and the one before `since`.

        Moments are seconds since 1970; None: nobody watches the monitor from then on.
        """

    async def bars(self, monitor_ids: Sequence[int], seconds: int, count: int) -> Mapping[int, Sequence[Bar]]:
        """The last `count` days (86,400 seconds) or hours (3,600) of some monitors, oldest first."""


class Maintenance(Protocol):
    """What status pages need of planned maintenance."""

    def running_on_page(self, page_id: int) -> list[Document]:
        """The wire objects of a page's plans that are under way now."""

    def windows_on_page(self, page_id: int, days: int, most_of_one: int) -> list[PlannedWindow]:
        """When the plans of a page are under maintenance, now or within some days, by when that begins."""

    def covered(self, plan_id: int, monitor_ids: Sequence[int]) -> list[int]:
        """Which of some monitors a plan is for, by themselves or by a group above them."""


class Settings(Protocol):
    """What status pages need of the settings."""

    @property
    def entry_page(self) -> Mapping[str, str | None]:
        """`{"entryPage": ...}`, or `{}`."""

    async def set_entry_page(self, value: str) -> None:
        """Where `/` leads."""

    def get(self, key: str, default: Any = None) -> Any:
        """A setting."""


class StatusPageRemoved(Struct, frozen=True):
    """A status page is gone; whatever names it should forget it."""

    page_id: int
