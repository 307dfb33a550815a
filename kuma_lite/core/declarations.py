"""Everything that can be extended, on one page.

A **monitor type** is one file in `kuma_lite/checks/` that subclasses `MonitorType`; a **notification
service** is one file in `kuma_lite/notifications/services/` that subclasses `NotificationService`, mostly
with what is in `services/kit/`. Each declares its options as a pydantic model made with `option(...)`
(`core/options.py`), its words, and its behaviour. Validation, storage, the API, the OpenAPI document and the
form in the browser come from that declaration; nothing else has to be touched.

    class PortOptions(Options):
        hostname: str = option("", label="Hostname", kind=Kind.HOST, required=True)
        port: int = option(0, label="Port", kind=Kind.PORT, required=True)

    class PortMonitor(MonitorType[PortOptions]):
        name = "port"
        ...
        async def check(self, options: PortOptions, context: CheckContext) -> CheckResult: ...
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar, get_args

import msgspec
from msgspec import Struct

from kuma_lite.core.check_results import CannotCheck as CannotCheck
from kuma_lite.core.check_results import Certificate as Certificate
from kuma_lite.core.check_results import CertificateFigures as CertificateFigures
from kuma_lite.core.check_results import CheckFailed as CheckFailed
from kuma_lite.core.check_results import CheckResult as CheckResult
from kuma_lite.core.check_results import Status as Status
from kuma_lite.core.check_results import Wait as Wait
from kuma_lite.core.notations import Bare as Bare
from kuma_lite.core.notations import Notation as Notation
from kuma_lite.core.records import hiding
from kuma_lite.core.sentences import filled

if TYPE_CHECKING:
    from kuma_lite.core.options import Options
    from kuma_lite.core.targets import Network, Target


class Kind(StrEnum):
    """What a form shows for an option."""

    TEXT = "text"
    PASSWORD = "password"  # noqa: S105 - the name of an input kind
    TEXTAREA = "textarea"
    JSON = "json"  # text that must parse as JSON
    URL = "url"
    HOST = "host"
    PORT = "port"
    NUMBER = "number"
    SWITCH = "switch"
    SELECT = "select"
    STATUS_CODES = "status-codes"  # list of "200" and "200-299"
    TOKEN = "token"  # noqa: S105 - generated text, shown with a button that makes a new one
    LIST = "list"  # list of texts
    CONDITIONS = "conditions"  # tree of comparisons about the type's `condition_variables`
    LIMITS = "limits"  # list of limits on what a check measures, see `monitors.engine.limits`
    PUSH_SUBSCRIPTION = "push-subscription"  # what a browser gives to be sent push messages, as its JSON
    REFERENCE = "reference"  # the number of another thing people keep: `Words.refers_to` says of what kind


class Choice(Struct, frozen=True):
    """One entry of a select."""

    value: str | int | bool | None
    label: str


class ShownWhen(Struct, frozen=True):
    """An option is shown while another option of the same form has one of the values."""

    option: str
    values: tuple[Any, ...]
    or_filled: str = ""  # an option; while that has a value this one counts, and is shown


class Follows(Struct, frozen=True):
    """In a form a number is this share of another one, until somebody touches it."""

    option: str
    share: float


class Words(Struct, frozen=True):
    """How an option looks in a form: everything but its name, type and default."""

    label: str
    kind: Kind
    help: str = ""
    placeholder: str = ""
    section: str = "general"  # general | request | authentication | content | tls | advanced ...
    required: bool = False
    lenient: bool = False  # required by our form alone: what was stored without it works as well
    secret: bool = False
    choices: tuple[Choice, ...] = ()
    shown_when: ShownWhen | None = None
    follows: Follows | None = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    unit: str = ""
    form_default: Any = None  # what a new form starts with, where that differs from the stored default
    out_of_range: str = ""  # exact sentence when a number is outside minimum..maximum
    whole: bool = False  # a number is rounded to a whole one before it is checked and stored
    template: bool = False  # a Liquid template; our form refuses one that cannot be rendered
    learned: bool = False  # checks fill it in: files leave it out, and another target begins anew
    refers_to: str = ""  # of references: proxy | docker_host | remote_browser | monitor_group | notification


O = TypeVar("O", bound="Options")  # noqa: E741 - the options of one kind


# --- Monitor types -----------------------------------------------------------------------------------------


class Runs(StrEnum):
    """Where a type can be checked: with its options and a network, or where the other monitors are."""

    ANYWHERE = "anywhere"
    SERVER = "server"


class Child(Struct, frozen=True):
    """A direct child of a group, as the group's check sees it."""

    id: int
    name: str
    active: bool  # its own switch, not its ancestors'
    status: Status | None  # None: never checked


class LastBeat(Struct, frozen=True):
    """The latest recorded beat of the monitor itself."""

    status: Status
    time: float  # seconds since 1970


class Silence(Struct, frozen=True):
    """How long a monitor whose beats come by request has not been heard of, in seconds."""

    lasted: float
    counts: float  # without the time in which nobody could have reached us


class CheckContext(Protocol):
    """What a check may ask for; one per run."""

    monitor_id: int
    name: str
    interval: float  # seconds
    timeout: float  # seconds; the monitor's own, or its share of the interval
    upside_down: bool
    now: float  # seconds since 1970 when the check began
    network: Network  # in checks: `checks._network.network_of`


class ServerContext(CheckContext, Protocol):
    """What a check may ask for in addition where the monitors and their beats are."""

    def children(self) -> Sequence[Child]:
        """Direct children, in list order."""

    def last_beat(self) -> LastBeat | None:
        """The latest recorded beat; None before the first."""

    def silence(self) -> Silence:
        """Since the latest beat by request, or since the monitor is watched in this run."""


class ConditionVariable(Struct, frozen=True):
    """Something a check finds and conditions can be about."""

    id: str
    operators: tuple[tuple[str, str], ...]  # (id, caption)


class Number(Struct, frozen=True):
    """Something a check measures, on which people can set a limit."""

    id: str
    label: str
    unit: str = ""


RESPONSE_TIME = Number("ping", "Response time", "ms")  # the ping of every type that measures one
CERTIFICATE_DAYS = Number("certificateDays", "Days left of the certificate", "days")


class MonitorDeclaration(ABC, Generic[O]):
    """What every monitor type declares; subclass `MonitorType` or `ServerMonitorType`."""

    entry_points: ClassVar[str] = "kuma_lite.monitor_types"  # the group in which other packages name theirs
    name: ClassVar[str]  # on the wire
    label: ClassVar[str]
    description: ClassVar[str] = ""  # one sentence for the form
    group: ClassVar[str] = "general"  # general | passive | specific: where the form lists it
    options: ClassVar[type[Options]]
    runs: ClassVar[Runs]
    pushed: ClassVar[bool] = False  # beats come by request; the check only notices that they stopped
    condition_variables: ClassVar[tuple[ConditionVariable, ...]] = ()
    numbers: ClassVar[tuple[Number, ...]] = (RESPONSE_TIME,)  # on which limits can be set
    in_type_list: ClassVar[bool] = True  # whether Uptime Kuma 2.5 has it in its `monitorTypeList`
    form_defaults: ClassVar[Mapping[str, Any]] = {}  # of common fields (interval ...), where it differs
    keeps: ClassVar[str] = "dns_last_result"  # the field that takes `CheckResult.last_result`
    notations: ClassVar[tuple[Notation, ...]] = ()  # how people write down what it checks
    untestable: ClassVar[str] = ""  # why a single check out of a form says nothing, as a sentence

    def validate(self, options: O, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Refuse what cannot work (UserError); returns keys of the document to change (rounded numbers)."""
        del options, document
        return {}

    def target(self, options: O) -> Target | None:
        """What is checked: by default the first host (with the first port) or URL among the options."""
        return options.first_target()

    def deadline(self, options: O, context: CheckContext) -> float:
        """Seconds after which the engine cancels the check as hung; generous, types have their own limits."""
        del options
        return context.timeout + 20


class MonitorType(MonitorDeclaration[O]):
    """One way of checking a target."""

    runs = Runs.ANYWHERE

    @abstractmethod
    async def check(self, options: O, context: CheckContext) -> CheckResult | Wait:
        """Look at the target once.

        Raises:
            CheckFailed: the target's fault.
            CannotCheck: it cannot be checked here. Anything else is ours, and never becomes a DOWN.
        """


class ServerMonitorType(MonitorDeclaration[O]):
    """One way of concluding a state from other monitors, or from beats: no probe can do it."""

    runs = Runs.SERVER
    untestable = "What this monitor says comes from beats and other monitors: there is nothing to ask."

    @abstractmethod
    async def check(self, options: O, context: ServerContext) -> CheckResult | Wait:
        """As `MonitorType.check`."""


AnyMonitorType = MonitorType[Any] | ServerMonitorType[Any]


# --- Notification services ---------------------------------------------------------------------------------


class Message(Struct, frozen=True):
    """One message to deliver. `monitor` and `heartbeat` are None for tests and expiry warnings.

    Args:
        text: all of it in one line, as Uptime Kuma has it.
        monitor: wire object without sensitive fields.
        heartbeat: wire object extended as in reference §6.
        facts: what only fuller texts and templates tell (`notifications/details.py`).
        usual: the message as it was, where `text` and the heartbeat's `msg` have another style.
    """

    text: str
    monitor: Mapping[str, Any] | None = None
    heartbeat: Mapping[str, Any] | None = None
    facts: Mapping[str, Any] = msgspec.field(default_factory=dict)
    usual: Message | None = None


class DeliveryFailed(Exception):
    """The service did not take the message.

    Args:
        message: sentence for the log and for the person who pressed 'Test'; never a secret. As a template for
        the
            arguments, where there are any (`core/sentences.py`).
        permanent: trying again cannot help (wrong token, bad address).
        retry_after: seconds the service asked us to wait.
        arguments: what belongs into the template, by name.
    """

    def __init__(
        self, message: str, *, permanent: bool = False, retry_after: float | None = None, **arguments: Any
    ) -> None:
        self.template = message
        self.arguments = arguments
        self.message = filled(message, arguments)
        super().__init__(self.message)
        self.permanent = permanent
        self.retry_after = retry_after


class TemplateFailed(DeliveryFailed):
    """A template of the user's cannot be rendered; the message then leaves with the usual text.

    `line` and `column` of what is wrong count from 1; None where no place can be named.
    """

    def __init__(
        self, message: str, *, line: int | None = None, column: int | None = None, **arguments: Any
    ) -> None:
        super().__init__(message, permanent=True, **arguments)
        self.line = line
        self.column = column


class Pace(Struct, frozen=True):
    """So many messages a service takes at once, and then again within so many seconds; more are held back."""

    messages: int
    seconds: float


class PushKeys(Struct, frozen=True):
    """The key pair by which push services of browsers know this server (RFC 8292), both as base64url."""

    __repr__ = hiding("private")

    public: str  # 65 bytes: the point on P-256, uncompressed
    private: str  # 32 bytes: the scalar


class DeliveryContext(Protocol):
    """What a service may ask for while it delivers."""

    network: Network  # in services: `kit.network_of`
    base_url: str  # setting primaryBaseURL without trailing slash, or ""

    def render(self, template: str, message: Message, escape: Callable[[str], str] | None = None) -> str:
        """A Liquid template with Uptime Kuma's variables; sandboxed, bounded. Raises TemplateFailed.

        `escape` is applied to what comes out of variables, never to what the template itself says.
        """

    def heard(self, answer: str) -> None:
        """Keep what the service said to the latest request, for the history of deliveries."""

    async def push_keys(self) -> PushKeys:
        """The server's pair; it is made and stored when it is first asked for. Raises DeliveryFailed."""


class NotificationService(ABC, Generic[O]):
    """One way of telling people; `class Slack(NotificationService[SlackOptions])` has these options."""

    entry_points: ClassVar[str] = "kuma_lite.notification_services"
    name: ClassVar[str]  # `type` on the wire, case-sensitive
    label: ClassVar[str]
    description: ClassVar[str] = ""
    groups: ClassVar[tuple[str, ...]] = ("other",)  # the form lists it under each; the first is its own
    documentation: ClassVar[str] = ""  # address of the service's own documentation of what is used here
    pace: ClassVar[Pace | None] = None  # of each channel, where the service's operator states one
    options: ClassVar[type[Options]]

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        for base in vars(cls).get("__orig_bases__", ()):
            for argument in get_args(base):
                if isinstance(argument, type) and argument is not Any and "options" not in vars(cls):
                    cls.options = argument

    def missing(self) -> str:
        """What is not installed on this server and the service needs, as a sentence; "" for nothing."""
        return ""

    def validate(self, options: O) -> None:
        """Refuse what cannot work (UserError); asked by our own form only, clients may store anything."""
        del options

    @abstractmethod
    async def send(self, options: O, message: Message, context: DeliveryContext) -> str:
        """Deliver; returns the text the 'Test' button shows. Raises DeliveryFailed."""
