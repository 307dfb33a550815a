"""All monitors of the process, in memory: what is stored of them, and the tree they form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from kuma_lite.core.declarations import AnyMonitorType
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import hiding
from kuma_lite.monitors.document.fields import DEFAULTS, Document
from kuma_lite.monitors.engine.disbelief import Disbelief
from kuma_lite.monitors.engine.judge import Policy, Previous, effective_timeout
from kuma_lite.monitors.engine.limits import Limit

if TYPE_CHECKING:
    from kuma_lite.core.options import Options


_SHARED: Final = 1_024  # rhythms and policies that are kept once for all monitors that have them


class Tag(Struct):
    """A tag on a monitor, as the wire shows it."""

    tag_id: int
    value: str | None
    name: str
    color: str

    def as_wire(self, monitor_id: int) -> dict[str, Any]:
        """On that monitor, as Uptime Kuma 2.5 has it."""
        return {
            "tag_id": self.tag_id,
            "monitor_id": monitor_id,
            "value": self.value,
            "name": self.name,
            "color": self.color,
        }


class Reading(Struct, frozen=True):
    """What the type of a monitor makes of its document."""

    kind: AnyMonitorType | None = None  # None: a type this program does not check
    options: Options | None = None
    problem: str | None = None  # why `options` could not be read: then it is not checked


UNCHECKED: Final = Reading()  # of a type that this program does not check


class _Rhythm(Struct, frozen=True):
    """What a document says of times, in seconds."""

    interval: float
    retry_interval: float
    timeout: float


@lru_cache(maxsize=_SHARED)
def _rhythm_of(interval: float, retry_interval: float, timeout: float) -> _Rhythm:
    """Most monitors have one of a few."""
    return _Rhythm(interval, retry_interval, effective_timeout(timeout, interval))


@lru_cache(maxsize=_SHARED)
def policy_of(max_retries: int, resend_interval: int, upside_down: bool) -> Policy:
    """Most monitors have one of a few."""
    return Policy(max_retries=max_retries, resend_interval=resend_interval, upside_down=upside_down)


PLAIN: Final = policy_of(0, 0, False)


class Monitor(Struct):
    """One monitor: its stored document, the typed view of its type on it, and what its beats left behind.

    The typed view is made when it is first asked for: with thousands of monitors a start would wait for it.
    """

    __repr__ = hiding("document", "_rhythm", "_rhythm_from")

    id: int
    organisation: int
    active: bool  # its own switch
    document: Document  # sparse, see `document.fields`
    notification_ids: tuple[int, ...] = ()
    tags: Sequence[Tag] = ()
    # Or what reads it: a start that waited for the libraries of the types would be a third longer.
    reading: Reading | Callable[[Monitor], Reading] = UNCHECKED
    policy: Policy = PLAIN
    limits: tuple[Limit, ...] = ()
    previous: Previous | None = None
    since: int | None = None  # of the latest important beat, milliseconds since 1970
    disbelief: Disbelief | None = None  # latest failures that were our own
    misconfigured: str | None = None  # why its latest check could not be made (`CannotCheck`), a sentence
    heard_at: float | None = None  # of the latest pushed beat of this run, monotonic seconds
    _rhythm: _Rhythm | None = None
    _rhythm_from: Document | None = None  # of which it says so

    @property
    def is_read(self) -> bool:
        """Whether somebody has asked what its type makes of it."""
        return isinstance(self.reading, Reading)

    def read(self) -> Reading:
        """What its type makes of it; read when somebody first asks."""
        reading = self.reading
        if not isinstance(reading, Reading):
            reading = self.reading = reading(self)
        return reading

    @property
    def kind(self) -> AnyMonitorType | None:
        """Its type; None: one that this program does not check."""
        return self.read().kind

    @property
    def options(self) -> Options | None:
        """Those of its type; None: they cannot be used, for the reason in `problem`."""
        return self.read().options

    @property
    def problem(self) -> str | None:
        """A sentence for people."""
        return self.read().problem

    def get(self, key: str) -> Any:
        """A field of the wire object, default filled in."""
        value = self.document.get(key)
        return DEFAULTS[key] if value is None and key not in self.document else value

    @property
    def name(self) -> str:
        """Display name; never empty."""
        return self.document.get("name") or f"Monitor {self.id}"

    @property
    def type(self) -> str:
        """Type on the wire."""
        return self.document.get("type") or ""

    @property
    def unchecked(self) -> str | None:
        """Why nobody is asked about its target, as a sentence; None: they are, when it is switched on."""
        if self.kind is None:
            return f"Monitors of the type {self.type or 'unknown'} cannot be checked."
        if self.options is None:
            return self.problem or "The settings cannot be used."
        return self.misconfigured

    @property
    def parent(self) -> int | None:
        """Id of the containing group."""
        return self.document.get("parent")

    @property
    def interval(self) -> float:
        """Seconds between beats."""
        return self._rhythm_now().interval

    @property
    def retry_interval(self) -> float:
        """Seconds after a PENDING beat; 0 = the interval."""
        return self._rhythm_now().retry_interval

    @property
    def upside_down(self) -> bool:
        """Whether success counts as failure."""
        return self.policy.upside_down

    @property
    def timeout(self) -> float:
        """Seconds a check may take."""
        return self._rhythm_now().timeout

    def _rhythm_now(self) -> _Rhythm:
        """Read once for each document: that another rhythm is wanted makes another document."""
        kept, document = self._rhythm, self.document
        if kept is None or self._rhythm_from is not document:
            kept = self._rhythm = _rhythm_of(
                float(self.get("interval") or 1),
                float(self.get("retryInterval") or 0),
                float(self.get("timeout") or 0),
            )
            self._rhythm_from = document
        return kept


class Roster:
    """The monitors by id, with the questions a tree answers."""

    def __init__(self) -> None:
        self._monitors: dict[int, Monitor] = {}
        self._children: dict[int, set[int]] = {}
        self._push_tokens: dict[str, int] = {}

    def __iter__(self) -> Iterator[Monitor]:
        return iter(self._monitors.values())

    def __len__(self) -> int:
        return len(self._monitors)

    def get(self, monitor_id: int) -> Monitor | None:
        """The monitor of that id."""
        return self._monitors.get(monitor_id)

    def put(self, monitor: Monitor) -> None:
        """Add a monitor, or replace the one of the same id."""
        self.remove(monitor.id)
        self._monitors[monitor.id] = monitor
        parent = monitor.parent
        if parent is not None:
            self._children.setdefault(parent, set()).add(monitor.id)
        token = monitor.document.get("pushToken")
        if token:
            self._push_tokens[token] = monitor.id

    def remove(self, monitor_id: int) -> None:
        """Forget a monitor; its children keep their parent's id until they are put again."""
        monitor = self._monitors.pop(monitor_id, None)
        if monitor is None:
            return
        if monitor.parent is not None:
            self._children.get(monitor.parent, set()).discard(monitor_id)
        token = monitor.document.get("pushToken")
        if token and self._push_tokens.get(token) == monitor_id:
            del self._push_tokens[token]

    def by_push_token(self, token: str) -> Monitor | None:
        """The monitor that a push address belongs to."""
        found = self._push_tokens.get(token)
        return self._monitors.get(found) if found is not None else None

    def others_share(self, monitor: Monitor, key: str) -> bool:
        """Whether another monitor that is switched on names the same thing in a field."""
        shared = monitor.document.get(key)
        return shared is not None and any(
            other.document.get(key) == shared and other is not monitor and self.is_active(other)
            for other in self
        )

    def of(self, organisation: int) -> list[Monitor]:
        """An organisation's monitors by weight (heaviest first), then name."""
        found = [monitor for monitor in self if monitor.organisation == organisation]
        return sorted(found, key=lambda monitor: (-(monitor.get("weight") or 0), monitor.name, monitor.id))

    def children(self, monitor_id: int) -> list[Monitor]:
        """Direct children, oldest first."""
        ids = self._children.get(monitor_id)
        if not ids:
            return []
        found = [self._monitors.get(child) for child in sorted(ids)]
        return [monitor for monitor in found if monitor is not None and monitor.parent == monitor_id]

    def descendants(self, monitor_id: int) -> list[int]:
        """Ids of everything below, depth first (a child, then what is below it)."""
        found: list[int] = []
        for child in self.children(monitor_id):
            found.append(child.id)
            found.extend(self.descendants(child.id))
        return found

    def ancestors(self, monitor: Monitor) -> list[Monitor]:
        """The groups it stands in, nearest first."""
        found: list[Monitor] = []
        parent = monitor.parent
        while parent is not None and len(found) <= len(self._monitors):
            group = self._monitors.get(parent)
            if group is None:
                break
            found.append(group)
            parent = group.parent
        return found

    def standing(self, monitor: Monitor, *, name_preloaded: bool = True) -> dict[str, Any]:
        """Its place in the tree, and what follows from that, as the wire has it (`Monitors.wire`)."""
        groups = self.ancestors(monitor)
        path = [group.document.get("name") for group in reversed(groups)]
        path.append(monitor.document.get("name") if name_preloaded else None)
        is_forced_inactive = _is_any_off(groups)
        return {
            "parent": monitor.parent,
            "path": path,
            "pathName": " / ".join([part or "" for part in path]),
            "childrenIDs": self.descendants(monitor.id),
            "active": monitor.active and not is_forced_inactive,
            "forceInactive": is_forced_inactive,
        }

    def is_active(self, monitor: Monitor) -> bool:
        """Its own switch and those of all groups above it."""
        return monitor.active and not self.is_forced_inactive(monitor)

    def activity(self) -> dict[int, bool]:
        """Every monitor's id, and whether it is watched (`is_active`)."""
        return {monitor.id: self.is_active(monitor) for monitor in self}

    def is_forced_inactive(self, monitor: Monitor) -> bool:
        """Whether a group above it is switched off."""
        return _is_any_off(self.ancestors(monitor))

    def check_parent(self, organisation: int, monitor_id: int | None, parent: Any) -> None:
        """Refuse a parent that the organisation lacks, the monitor itself or one below it (UserError)."""
        if parent is None:
            return
        group = self._monitors.get(parent) if isinstance(parent, int) else None
        if group is None or group.organisation != organisation:
            raise UserError("The monitor group does not exist.", about="parent")
        if monitor_id is not None and (parent == monitor_id or parent in self.descendants(monitor_id)):
            raise UserError("Invalid Monitor Group", about="parent")


def _is_any_off(groups: Iterable[Monitor]) -> bool:
    return not all(group.active for group in groups)
