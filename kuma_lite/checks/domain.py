"""Domain: the registration of a domain is not about to end. Our own type; Uptime Kuma has none like it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.checks._network import network_of
from kuma_lite.core.declarations import (
    Bare,
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Kind,
    MonitorType,
    Notation,
)
from kuma_lite.core.errors import UserError
from kuma_lite.core.options import Options, option
from kuma_lite.net.certificates import days_remaining
from kuma_lite.net.public_suffix import host_of, registration_of

DEFAULT_DAYS: Final = 14
DEFAULT_INTERVAL_S: Final = 3600  # a registry is asked once a day; in between the days are counted
_MS: Final = 1000.0


class DomainOptions(Options):
    """Which domain, and how long it shall be registered at least."""

    hostname: str = option(
        "", label="Domain", kind=Kind.HOST, placeholder="example.org", required=True,
        help="Or any name below it.",
    )  # fmt: skip
    days: int = option(
        DEFAULT_DAYS,
        alias="domainExpiryDays",
        label="Days left at least",
        kind=Kind.NUMBER,
        unit="days",
        minimum=0,
        step=1,
        help="With fewer days left the monitor is down.",
    )


class DomainMonitor(MonitorType[DomainOptions]):
    """A registry that does not answer says nothing about the domain: what was known before counts on."""

    name = "domain"
    label = "Domain"
    description = "Asks the registry once a day when the registration of a domain ends (RDAP)."
    options = DomainOptions
    notations = (Notation(command="whois", bare=(Bare.DOMAIN,), rank=3),)
    in_type_list = False
    form_defaults = {"interval": DEFAULT_INTERVAL_S}  # noqa: RUF012 - as the base class has it

    def validate(self, options: DomainOptions, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """A name under which something can be registered."""
        if options.hostname and registration_of(host_of(options.hostname)).domain is None:
            raise UserError(
                "{name} is no domain that can be registered.", name=options.hostname, about="hostname"
            )
        return super().validate(options, document)

    async def check(self, options: DomainOptions, context: CheckContext) -> CheckResult:
        """UP with the days left. No ping: most checks ask nobody."""
        host = host_of(options.hostname)
        found = registration_of(host)
        rdap = network_of(context).rdap
        if found.domain is None:
            raise CannotCheck(f"{host or 'The domain'} is no domain that can be registered.")
        if rdap.server_of(found.tld) is None:
            raise CannotCheck(f"The registry of .{found.tld} does not tell when registrations end.")
        try:
            async with asyncio.timeout(context.timeout):
                looked = await rdap.look_up(found.domain)
        except TimeoutError:
            raise CannotCheck(f"The registry of .{found.tld} has not answered in time.") from None
        if not looked.registered:
            raise CheckFailed(f"{found.domain} is not registered")
        if looked.expiry is None:
            why = looked.trouble or "It gives no date."
            raise CannotCheck(f"The registry of .{found.tld} did not tell when the registration ends: {why}")
        days = days_remaining(looked.expiry, context.now)
        if looked.expiry <= context.now:
            raise CheckFailed(f"The registration of {found.domain} has ended")
        message = f"{found.domain} is registered for {days} more days"
        if days < options.days:
            raise CheckFailed(f"{message}, fewer than {options.days}")
        return CheckResult(message)
