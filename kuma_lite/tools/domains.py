"""Whether the registration of a monitor's domain can be watched (`checkDomain` of Uptime Kuma 2.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from kuma_lite.core.errors import UserError
from kuma_lite.core.targets import Target
from kuma_lite.net.public_suffix import host_of, registration_of

TargetOf = Callable[[Mapping[str, Any]], Target | None]  # whose domain a monitor object is about
ServerOf = Callable[[str], str | None]  # the server of the registry of a top-level domain


class Domain(Struct, frozen=True):
    """A registered domain, and the label whose registry knows it."""

    domain: str
    tld: str


def check_domain(monitor: Any, target_of: TargetOf, server_of: ServerOf) -> Domain:
    """The domain of a (partial) monitor object. Raises UserError with the words and `meta` of the wire."""
    if not isinstance(monitor, Mapping):
        raise UserError("The monitor must be an object.", i18n=False, extra={"meta": {}})
    target = target_of(monitor)
    if target is None:
        raise _refusal("monitor_type")
    host = host_of(target.url or target.host)
    if not host:
        raise _refusal("missing_target")
    return registered(host, server_of)


def registered(host: str, server_of: ServerOf) -> Domain:
    """The registered domain a host belongs to. Raises UserError."""
    found = registration_of(host)
    if found.domain is None:
        labels = host.split(".")
        unknown = found.suffix == labels[-1] and all(labels)
        shown = ".".join(labels[-2:]) if unknown else host
        raise _refusal("is_icann", domain=shown, publicSuffix=found.suffix)
    if server_of(found.tld) is None:
        raise _refusal("unsupported_tld_no_rdap_endpoint", publicSuffix=found.suffix)
    return Domain(found.domain, found.tld)


def _refusal(reason: str, **meta: str | None) -> UserError:
    return UserError(f"domain_expiry_unsupported_{reason}", i18n=True, extra={"meta": meta})
