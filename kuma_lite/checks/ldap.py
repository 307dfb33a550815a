"""LDAP: a directory lets somebody in, and on request has an entry. Not a type of Uptime Kuma's."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from time import perf_counter
from typing import Any, Final

from kuma_lite.checks import _ldap_filter, _ldap_messages
from kuma_lite.checks._ber import SEQUENCE, BerError, header
from kuma_lite.checks._channel import Channel, open_channel
from kuma_lite.checks._host import clean_host
from kuma_lite.checks._ldap_messages import NOTICE, SUCCESS, Answer
from kuma_lite.checks._network import SeenCertificate, failed, network_of, seen
from kuma_lite.checks._shared_options import expiry_notification_option, ignore_tls_option, timeout_option
from kuma_lite.core.declarations import (
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Choice,
    Kind,
    MonitorType,
    Notation,
    ShownWhen,
)
from kuma_lite.core.errors import UserError
from kuma_lite.core.options import Options, option
from kuma_lite.net.contexts import UNREADABLE_PEM, TlsOptions, trust
from kuma_lite.net.errors import ErrorKind, NetworkError, timeout_error

PORTS: Final = {False: 389, True: 636}  # whether it begins with TLS
FORM_TIMEOUT_S: Final = 10
SECURE, STARTTLS = "secure", "starttls"
_ANY_ENTRY: Final = "(objectClass=*)"
_MAX_MESSAGE_BYTES: Final = 1024 * 1024  # we ask for the name of one entry
_NO_LDAP: Final = "Unexpected answer: no LDAP server is listening there"
_WITH_TLS: Final = ShownWhen("smtpSecurity", (SECURE, STARTTLS))


class LdapOptions(Options):
    """Where, who, and what to look for. The keys are fields that other types of Uptime Kuma have."""

    hostname: str = option("", label="Hostname", kind=Kind.HOST, required=True)
    port: int | None = option(
        None,
        label="Port",
        kind=Kind.PORT,
        help=f"Empty takes {PORTS[False]}, or {PORTS[True]} where it begins with TLS.",
    )
    timeout: float = timeout_option("For all of it.", form_default=FORM_TIMEOUT_S)
    bind_dn: str = option(
        "",
        alias="basic_auth_user",
        label="Bind DN",
        kind=Kind.TEXT,
        section="authentication",
        placeholder="cn=reader,dc=example,dc=org",
        help="Empty binds anonymously.",
    )
    password: str = option(
        "",
        alias="basic_auth_pass",
        label="Password",
        kind=Kind.PASSWORD,
        section="authentication",
        secret=True,
    )
    base: str = option(
        "",
        alias="location",
        label="Search base",
        kind=Kind.TEXT,
        section="content",
        placeholder="ou=people,dc=example,dc=org",
        help="With a base or a filter, at least one entry must be found at the base or below it.",
    )
    condition: str = option(
        "",
        alias="databaseQuery",
        label="Search filter",
        kind=Kind.TEXT,
        section="content",
        placeholder="(uid=alice)",
    )
    security: str | None = option(
        None,
        alias="smtpSecurity",
        label="Encryption",
        kind=Kind.SELECT,
        section="tls",
        choices=(Choice(None, "None"), Choice(SECURE, "TLS (ldaps)"), Choice(STARTTLS, "STARTTLS")),
    )
    ignore_tls: bool = ignore_tls_option()
    tls_ca: str = option(
        "",
        alias="tlsCa",
        label="CA certificate",
        kind=Kind.TEXTAREA,
        section="tls",
        placeholder="-----BEGIN CERTIFICATE-----",
        shown_when=_WITH_TLS,
        help="Trusted instead of the authorities of this machine.",
    )
    expiry_notification: bool = expiry_notification_option(shown_when=_WITH_TLS)


class LdapMonitor(MonitorType[LdapOptions]):
    """Connects, binds, and on request searches for one entry."""

    name = "ldap"
    label = "LDAP"
    description = "Binds to a directory server, and on request searches for an entry."
    group = "specific"
    options = LdapOptions
    notations = (
        Notation("ldap", ports=(PORTS[False],)),
        Notation("ldaps", ports=(PORTS[True],), sets={"smtpSecurity": SECURE}),
    )
    in_type_list = False

    def validate(self, options: LdapOptions, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Refuse a filter or a certificate that is none, and half a log-in."""
        del document
        _condition(options)
        if options.tls_ca and options.security:
            try:
                trust(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), options.tls_ca)
            except NetworkError as error:
                raise UserError(error.message, about="tlsCa") from None
        return {}

    async def check(self, options: LdapOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of connection, log-in and search in whole ms."""
        try:
            condition = _condition(options)
        except UserError as error:
            raise CannotCheck(str(error)) from None
        begun = perf_counter()
        try:
            async with asyncio.timeout(context.timeout):
                certificate, message = await _look(options, condition, context)
        except TimeoutError:
            raise failed(timeout_error(context.timeout * 1000)) from None
        except NetworkError as error:
            if error.code == UNREADABLE_PEM:
                raise CannotCheck(error.message) from None
            raise failed(error, for_url=False) from None
        ping = round((perf_counter() - begun) * 1000)
        return CheckResult(message, ping=ping, certificate=certificate)


def _condition(options: LdapOptions) -> bytes | None:
    """The encoded filter; None where nothing is searched. Raises UserError.

    A name without a password is accepted by many servers as nobody's log-in (RFC 4513 §5.1.2): it would
    look as if the password was right.
    """
    if options.bind_dn and not options.password:
        raise UserError("Password is required with a Bind DN.", about="basic_auth_pass")
    if options.password and not options.bind_dn:
        raise UserError("Bind DN is required with a Password.", about="basic_auth_user")
    if not options.base.strip() and not options.condition.strip():
        return None
    try:
        return _ldap_filter.encode(options.condition.strip() or _ANY_ENTRY)
    except _ldap_filter.FilterError as error:
        raise UserError("Search filter: {reason}", reason=error, about="databaseQuery") from None


async def _look(
    options: LdapOptions, condition: bytes | None, context: CheckContext
) -> tuple[SeenCertificate | None, str]:
    """The certificate, and the beat's text. Raises CheckFailed, NetworkError, TimeoutError."""
    host, network = clean_host(options.hostname), network_of(context)
    secure = options.security == SECURE
    port = options.port or PORTS[secure]
    tls = TlsOptions(verify=not options.ignore_tls, ca_pem=options.tls_ca or None)
    async with open_channel(
        network, host, port, tls=tls if secure else None, timeout=context.timeout, now=context.now
    ) as channel:
        session = _Session(channel)
        if options.security == STARTTLS:
            await session.ask_for_tls()
            await channel.start_tls(network, host, tls, context.now)
        try:
            text = await session.bind(options.bind_dn, options.password)
            if condition is not None:
                text += await session.search(options.base.strip(), condition, context.timeout)
        except CheckFailed as failure:
            failure.certificate = seen(channel.certificate, for_url=False)
            raise
        session.leave()
        return seen(channel.certificate, for_url=False), text


class _Session:
    """Questions and answers on one connection. All raise CheckFailed and NetworkError."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._number = 0

    async def ask_for_tls(self) -> None:
        answer = await self._ask(_ldap_messages.start_tls(self._next()), _ldap_messages.EXTENDED_ANSWER)
        if answer.code != SUCCESS:
            raise CheckFailed(f"STARTTLS failed: {answer.sentence()}")

    async def bind(self, name: str, password: str) -> str:
        answer = await self._ask(
            _ldap_messages.bind(self._next(), name, password), _ldap_messages.BIND_ANSWER
        )
        if answer.code != SUCCESS:
            raise CheckFailed(f"Bind failed: {answer.sentence()}")
        return "Bind succeeded" if name else "Anonymous bind succeeded"

    async def search(self, base: str, condition: bytes, seconds: float) -> str:
        self._channel.write(_ldap_messages.search(self._next(), base, condition, max(1, round(seconds))))
        referred = False
        while (answer := await self._answer()).kind != _ldap_messages.SEARCH_DONE:
            if answer.kind == _ldap_messages.ENTRY:
                return ", the search found an entry"
            referred = referred or answer.kind == _ldap_messages.REFERENCE
        if answer.code != SUCCESS:
            raise CheckFailed(f"Search failed: {answer.sentence()}")
        elsewhere = ", only references to other servers" if referred else ""
        raise CheckFailed(f"The search found no entry{elsewhere}")

    def leave(self) -> None:
        self._channel.write(_ldap_messages.unbind(self._next()))

    def _next(self) -> int:
        self._number += 1
        return self._number

    async def _ask(self, question: bytes, kind: int) -> Answer:
        self._channel.write(question)
        answer = await self._answer()
        if answer.kind != kind:
            raise CheckFailed(_NO_LDAP)
        return answer

    async def _answer(self) -> Answer:
        """The next message to our latest question."""
        try:
            answer = _ldap_messages.read(await self._message())
        except BerError:
            raise CheckFailed(_NO_LDAP) from None
        if answer.number == NOTICE:
            raise CheckFailed(f"The server ends the connection: {answer.sentence()}")
        if answer.number != self._number:
            raise CheckFailed(_NO_LDAP)
        return answer

    async def _message(self) -> bytes:
        data = await self._channel.exactly(2)
        if data[0] != SEQUENCE:
            raise BerError("no message")
        while (sizes := header(data)) is None:
            data += await self._channel.exactly(1)
        if sizes[1] > _MAX_MESSAGE_BYTES:
            raise NetworkError("The answer is too long", "ERR_TOO_LONG", ErrorKind.PROTOCOL)
        return data + await self._channel.exactly(sizes[1])
