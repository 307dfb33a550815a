"""One check of a monitor as it stands in a form: nothing is kept, nobody is told, nothing is counted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from kuma_lite.core.access import Actor
from kuma_lite.core.clock import Clock
from kuma_lite.core.declarations import (
    AnyMonitorType,
    CannotCheck,
    CheckFailed,
    CheckResult,
    Kind,
    MonitorType,
    Status,
    Wait,
)
from kuma_lite.core.errors import UserError
from kuma_lite.core.kept_secrets import KEEP
from kuma_lite.core.rate_limits import KeyedLimiter
from kuma_lite.core.records import replace
from kuma_lite.core.redaction import HIDDEN, Redactor, forget_secrets, remember_secrets, secrets_of
from kuma_lite.monitors.document.fields import ALIASES, DEFAULTS, SENSITIVE, Document
from kuma_lite.monitors.engine.context import Context
from kuma_lite.monitors.engine.judge import FLIPPED
from kuma_lite.monitors.engine.roster import Monitor
from kuma_lite.monitors.service import Monitors
from kuma_lite.net.http.charsets import readings
from kuma_lite.net.trace import Answered, Trace, recording

if TYPE_CHECKING:
    from kuma_lite.core.targets import Network

log = logging.getLogger(__name__)

KEEP_SECRET: Final = KEEP
TIMEOUT_S: Final = 20.0  # of the check itself: somebody waits for it
LIMIT_S: Final = 25.0  # of all of it, whatever the check thinks; a page waits 30
MAX_RUNNING: Final = 4  # at the same time, beside the checks of monitors
PER_MINUTE: Final = 30  # of one person
SHOWN_CHARS: Final = 2048  # of a body
_READ_BYTES: Final = 8192  # of a body: secrets that the end of what is shown would cut are found in it
_SHORTEST_SECRET: Final = 4
_SECRET_HEADERS: Final = frozenset({"set-cookie", "set-cookie2", "cookie", "authorization"})
_SECRET_WORDS: Final = (
    "auth",
    "cookie",
    "token",
    "secret",
    "password",
    "session",
    "api-key",
    "apikey",
    "jwt",
)
_TEXTS: Final = ("text/", "json", "xml", "javascript", "x-www-form-urlencoded", "yaml", "graphql")
_ADDRESSES: Final = (Kind.HOST, Kind.URL, Kind.PORT, Kind.REFERENCE, Kind.LIST)
# They say as well where secrets go, or whether it is certain who gets them.
_ALSO_ADDRESSES: Final = (
    "ignoreTls",
    "grpcUrl",
    "databaseConnectionString",
    "grpcEnableTls",
    "kafkaProducerSsl",
)


class Trials:
    """Tries monitors out.

    Args:
        monitors: whose rules a monitor has to obey, and where secrets are kept that a form does not hold.
        network: the shared clients.
        clock: of what certificates are judged by, and of the limit of each person.
    """

    def __init__(self, monitors: Monitors, network: Network, clock: Clock) -> None:
        self._monitors = monitors
        self._network = network
        self._clock = clock
        self._limiter = KeyedLimiter(PER_MINUTE, clock)
        self._running = 0

    async def run(self, actor: Actor, payload: Any) -> dict[str, Any]:
        """What one check of a client's object gives (docs/page-protocol.md, `testMonitor`). Raises UserError.

        With an id, what the object leaves out is taken from that monitor, as when it is edited.
        """
        monitor, kind = await self._drafted(actor, payload)
        if self._limiter.take(f"{actor.organisation} {actor.user_id} {actor.project_id}") is None:
            raise UserError("Those were many tests within a minute. Try again in the next one.", status=429)
        if self._running >= MAX_RUNNING:
            raise UserError("Other tests are running. Try again when they have ended.", status=429)
        self._running += 1
        owner = object()
        remember_secrets(owner, secrets_of(kind, monitor.document))  # for logs, meanwhile
        try:
            return await self._tried(monitor, kind)
        finally:
            forget_secrets(owner)
            self._running -= 1

    # --- what is tested ----------------------------------------------------------------------------------

    async def _drafted(self, actor: Actor, payload: Any) -> tuple[Monitor, MonitorType[Any]]:
        """The monitor as it would be kept. Raises UserError."""
        if not isinstance(payload, Mapping):
            raise UserError("The monitor must be an object.")
        sent = {key: value for key, value in payload.items() if value != KEEP_SECRET}
        draft, old = await self._monitors.draft(actor, sent)
        if draft.kind is not None and draft.kind.untestable:
            raise UserError(draft.kind.untestable)
        if draft.unchecked is not None:
            raise UserError(draft.unchecked)
        if old is not None:
            _refuse_foreign(sent, draft, old)
        elif len(sent) < len(payload):
            raise UserError("A secret is not given, and no monitor that has it.")
        return draft, cast("MonitorType[Any]", draft.kind)

    # --- the test ----------------------------------------------------------------------------------------

    async def _tried(self, monitor: Monitor, kind: MonitorType[Any]) -> dict[str, Any]:
        redactor = Redactor(_SHORTEST_SECRET)
        redactor.remember("tested", secrets_of(kind, monitor.document))
        now = self._clock.now()
        context = replace(Context.of(monitor, now, self._network), timeout=min(monitor.timeout, TIMEOUT_S))
        begun = perf_counter()
        with recording() as trace:
            found = await _found(monitor, kind, context)
        total_ms = (perf_counter() - begun) * 1000
        status, message = _judged(found, upside_down=monitor.upside_down)
        certificate = found.certificate
        return {
            "status": int(status),
            "msg": redactor.hide(message),
            "ping": found.ping,
            "cannot": isinstance(found, CheckResult) and found.cannot,
            "timeout": context.timeout,
            "address": trace.address or None,
            "timings": _timings(trace, total_ms),
            "answer": _answer(trace.answer, redactor) if trace.answer is not None else None,
            "certificate": certificate.as_wire(now) if certificate is not None else None,
        }


async def _found(monitor: Monitor, kind: MonitorType[Any], context: Context) -> CheckResult | CheckFailed:
    """What the check gives, whatever happens."""
    options = monitor.options
    assert options is not None  # else it says so in `unchecked`
    try:
        async with asyncio.timeout(LIMIT_S):
            result = await kind.check(options, context)
        return CheckResult(status=Status.PENDING) if isinstance(result, Wait) else result
    except CheckFailed as failure:
        return failure
    except CannotCheck as cannot:
        return cannot.as_result()
    except TimeoutError:
        return CheckFailed(f"The test was ended after {LIMIT_S:g} seconds.")
    except Exception as error:
        log.error("Testing %r failed", monitor.name, exc_info=error)
        reason = f"The check itself has a fault ({type(error).__name__})."
        return CheckResult(reason, status=Status.PENDING, cannot=True)


def _judged(found: CheckResult | CheckFailed, *, upside_down: bool) -> tuple[Status, str]:
    """Status and text of the beat, without retries."""
    if isinstance(found, CheckFailed):
        return (Status.UP if upside_down else Status.DOWN), found.message
    if upside_down and found.status is Status.UP:
        return Status.DOWN, FLIPPED
    return found.status, found.message


# --- whose secrets go where --------------------------------------------------------------------------------


def _refuse_foreign(sent: Mapping[str, Any], draft: Monitor, old: Monitor) -> None:
    """No stored secret may go to where it did not go before (UserError).

    Whoever may not read it could send it to a host of their own. All that says where it goes has to be the
    same, conservatively: the type, hosts, ports, origins of URLs, proxies, whether certificates are verified.
    """
    kind = draft.kind
    assert kind is not None
    given = {ALIASES.get(key, key) for key in sent}
    for key, (_, words) in kind.options.words().items():
        kept = key not in given and (words.secret or key in SENSITIVE)
        if kept and draft.document.get(key) not in (None, "", DEFAULTS.get(key)):
            if old.type == draft.type and _way(kind, old.document) == _way(kind, draft.document):
                continue
            raise UserError(
                "The stored secret “{label}” is for another address. Type it again.",
                label=words.label,
                extra={"field": key},
            )


def _way(kind: AnyMonitorType, document: Document) -> list[Any]:
    """All that says where secrets go, comparable."""
    words = kind.options.words()
    keys = [key for key, (_, word) in words.items() if word.kind in _ADDRESSES]
    keys += [key for key in _ALSO_ADDRESSES if key in words]
    return [_origin(document.get(key, DEFAULTS.get(key)), words[key][1].kind) for key in keys]


def _origin(value: Any, kind: Kind) -> Any:
    """Scheme, host and port of a URL; anything else as it is."""
    if kind is not Kind.URL or not isinstance(value, str):
        return value
    try:
        parts = urlsplit(value)
        return parts.scheme, parts.hostname, parts.port
    except ValueError:
        return value


# --- what is shown -----------------------------------------------------------------------------------------


def _timings(trace: Trace, total_ms: float) -> dict[str, float | None]:
    """Milliseconds with two decimals; None for what did not happen or is not measured."""
    measured = {
        "dns": trace.dns_ms,
        "connect": trace.connect_ms,
        "tls": trace.tls_ms,
        "firstByte": trace.first_byte_ms,
        "answer": trace.whole_ms,
        "total": total_ms,
    }
    return {phase: None if ms is None else round(ms, 2) for phase, ms in measured.items()}


def _answer(answer: Answered, redactor: Redactor) -> dict[str, Any]:
    """The head and the beginning of the body, without secrets."""
    text = _text(answer)
    readable = None if text is None else redactor.hide(text)
    shown = None if readable is None else readable[:SHOWN_CHARS]
    return {
        "httpVersion": answer.http_version,
        "status": answer.status,
        "reason": answer.reason,
        "headers": [
            [name, HIDDEN if _is_secret(name) else redactor.hide(value)] for name, value in answer.headers
        ],
        "url": redactor.hide(answer.url),
        "body": shown,
        "bodyBytes": len(answer.body),
        "cut": shown != readable or (text is not None and len(answer.body) > _READ_BYTES),
    }


def _is_secret(header: str) -> bool:
    name = header.lower()
    # How one may log in is no secret.
    return name in _SECRET_HEADERS or (
        not name.endswith("-authenticate") and any(word in name for word in _SECRET_WORDS)
    )


def _text(answer: Answered) -> str | None:
    """The beginning of a body that is text."""
    types = answer.headers.get_all("content-type")
    if types and not any(part in types[0].lower() for part in _TEXTS):
        return None
    begin = answer.body[:_READ_BYTES]
    text = next(readings(begin, types, cut=len(answer.body) > len(begin)))
    return None if "\0" in text else text
