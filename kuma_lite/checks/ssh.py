"""SSH: a server names itself and proves which key it has. Not a type of Uptime Kuma's; nobody logs in."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any, Final

from kuma_lite.checks._channel import open_channel
from kuma_lite.checks._host import clean_host
from kuma_lite.checks._network import failed, network_of
from kuma_lite.checks._shared_options import timeout_option
from kuma_lite.checks._ssh import FAMILIES, HostKey, NoCommonExchange, Session, SshError
from kuma_lite.core.declarations import (
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Kind,
    MonitorType,
    Notation,
    ShownWhen,
)
from kuma_lite.core.errors import UserError
from kuma_lite.core.options import Options, option
from kuma_lite.net.errors import NetworkError, timeout_error

SSH_PORT: Final = 22
FORM_TIMEOUT_S: Final = 10
_FINGERPRINT: Final = re.compile(r"(?:SHA256:)?([A-Za-z0-9+/]{43})=?")


class SshOptions(Options):
    """Which server, and which key it has to have. The keys are fields of other types."""

    hostname: str = option("", label="Hostname", kind=Kind.HOST, required=True)
    port: int | None = option(None, label="Port", kind=Kind.PORT, form_default=SSH_PORT)
    fingerprint: str = option(
        "",
        alias="expectedValue",
        label="Fingerprint of the host key",
        kind=Kind.TEXT,
        section="content",
        placeholder="SHA256:…",
        help="As ssh-keygen -l shows it. Down when the server has no such key.",
    )
    remember: bool = option(
        True,
        alias="sshRemember",
        label="Remember the host key",
        kind=Kind.SWITCH,
        section="content",
        help="Down when it has changed. A fingerprint above comes first.",
    )
    known: tuple[str, ...] = option(
        (),
        alias="sshHostKeys",
        label="Known host keys",
        kind=Kind.LIST,
        section="content",
        placeholder="SHA256:…",
        help="The first one seen is kept here. Empty the list to accept another.",
        shown_when=ShownWhen("sshRemember", (True,)),
        learned=True,
    )
    keyword: str = option(
        "",
        label="Keyword",
        kind=Kind.TEXT,
        section="content",
        placeholder="OpenSSH",
        help="What the server calls itself has to contain it.",
    )
    timeout: float = timeout_option("For all of it.", form_default=FORM_TIMEOUT_S)


class SshMonitor(MonitorType[SshOptions]):
    """Reads the banner, and exchanges keys up to the signature of the host key."""

    name = "ssh"
    label = "SSH"
    description = "Reads the banner of an SSH server, and sees that its host key stays the same."
    group = "specific"
    options = SshOptions
    notations = (Notation("ssh", ports=(SSH_PORT,)), Notation("sftp"), Notation(command="ssh"))
    in_type_list = False
    keeps = "sshHostKeys"

    def validate(self, options: SshOptions, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Refuse a fingerprint that is none."""
        del document
        _expected(options)
        return {}

    async def check(self, options: SshOptions, context: CheckContext) -> CheckResult:
        """The ping is the time until the server has proved its key in whole ms."""
        try:
            expected = _expected(options)
        except UserError as error:
            raise CannotCheck(str(error)) from None
        begun = perf_counter()
        try:
            async with asyncio.timeout(context.timeout):
                banner, key = await _look(options, context, tuple(FAMILIES))
                ping = round((perf_counter() - begun) * 1000)
                if expected and key is not None and key.fingerprint not in expected:
                    key = await _other_key(options, context, expected, key)
        except TimeoutError:
            raise failed(timeout_error(context.timeout * 1000)) from None
        except NetworkError as error:
            raise failed(error) from None
        except SshError as error:
            raise CheckFailed(str(error)) from None
        if expected and key is None:
            raise CannotCheck(f"The host key cannot be compared: {banner} offers no key exchange known here.")
        if options.keyword not in banner:
            raise CheckFailed(f"{banner} does not contain the keyword", ping=ping)
        if key is None:
            return CheckResult(banner, ping=ping)
        first = options.remember and not expected
        return CheckResult(
            f"{banner}, {' '.join(key)}", ping=ping, last_result=[key.fingerprint] if first else None
        )


async def _look(
    options: SshOptions, context: CheckContext, families: tuple[str, ...]
) -> tuple[str, HostKey | None]:
    """Banner and key; None where there is no common way to prove one. Raises NetworkError, SshError."""
    async with open_channel(
        network_of(context),
        clean_host(options.hostname),
        options.port or SSH_PORT,
        tls=None,
        timeout=context.timeout,
        now=context.now,
    ) as channel:
        session = Session(channel)
        banner = await session.banner()
        try:
            key = await session.host_key(families)
        except NoCommonExchange:
            key = None
        session.leave()
        return banner, key


async def _other_key(
    options: SshOptions, context: CheckContext, expected: Sequence[str], shown: HostKey
) -> HostKey:
    """The key with such a fingerprint, where it is another one of the server's. Raises CheckFailed."""
    for family, algorithms in FAMILIES.items():
        if shown.algorithm in algorithms:
            continue
        _, key = await _look(options, context, (family,))
        if key is not None and key.fingerprint in expected:
            return key
    what = "is not the expected one" if options.fingerprint.strip() else "has changed"
    raise CheckFailed(
        f"The host key {what}: {shown.algorithm} {shown.fingerprint} instead of {' or '.join(expected)}"
    )


def _expected(options: SshOptions) -> list[str]:
    """The fingerprints that will do, as we write them; none: any will. Raises UserError."""
    if options.fingerprint.strip():
        return [_read(options.fingerprint)]
    return [_read(text) for text in options.known if text.strip()] if options.remember else []


def _read(text: str) -> str:
    """A fingerprint as we write it. Raises UserError."""
    match = _FINGERPRINT.fullmatch(text.strip())
    if match is None:
        raise UserError(
            "The fingerprint begins with SHA256: and has 43 characters after that.", about="expectedValue"
        )
    return f"SHA256:{match.group(1)}"
