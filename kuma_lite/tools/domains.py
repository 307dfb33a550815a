"""Whether the registration of a monitor's domain could be watched (`checkDomain` of Uptime Kuma 2.5).

Decided without asking anybody: from the special names of RFC 6761 and its successors, the country domains
below which people register at the third level, and those whose registry answers RDAP. ICANN obliges every
other registry to; names below a country domain that is missing here are refused rather than watched wrongly.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from kuma_lite.core.errors import UserError
from kuma_lite.core.targets import Target

TargetOf = Callable[[Mapping[str, Any]], Target | None]  # what a monitor object points at

# Never in the public DNS, by RFC or by everybody's habit.
_SPECIAL: Final = (
    "alt arpa corp domain example home host internal intranet invalid lan local localdomain localhost"
    " mail onion private test workgroup"
)
# Registries outside ICANN's contracts that do not answer.
_SILENT: Final = frozenset({"edu", "gov", "int", "mil"})
_COUNTRIES_WITH_RDAP: Final = (
    "ar au br ca cc ch cr cz fi fo fr id in is li ly nl no pl pm re sg si tf th to tv tz ua uk uz wf yt"
)
# Second-level names under which people register.
_USUAL: Final = "ac co com edu gov net org"
_THIRD_LEVEL: Final = {
    country: frozenset(names.split())
    for country, names in {
        "ar": "com edu gob gov int mil net org tur",
        "au": "asn com edu gov id net org",
        "br": "adv app art blog com dev eco edu eng gov ind inf jus leg log med mil net org pro tec tv",
        "cn": f"{_USUAL} mil",
        "hk": "com edu gov idv net org",
        "id": "ac biz co desa go mil my net or ponpes sch web",
        "il": "ac co gov idf k12 muni net org",
        "in": "ac co edu firm gen gov ind mil net nic org res",
        "jp": "ac ad co ed go gr lg ne or",
        "ke": "ac co go info me mobi ne or sc",
        "kr": "ac co go hs kg mil ms ne or pe re sc",
        "mx": "com edu gob net org",
        "my": "biz com edu gov mil name net org",
        "ng": "com edu gov i mil mobi name net org sch",
        "nz": "ac co cri geek gen govt health iwi kiwi maori mil net org parliament school",
        "ph": "com edu gov mil net ngo org",
        "pk": "biz com edu fam gob gok gon gop gos gov info net org web",
        "pl": "biz com edu gov info mil net org",
        "sg": "com edu gov net org per",
        "th": "ac co go in mi net or",
        "tr": "av bbs bel biz com dr edu gen gov info k12 mil name net org pol tel tv web",
        "tw": "club com ebiz edu game gov idv mil net org",
        "tz": "ac co go hotel info me mil mobi ne or sc tv",
        "ua": "com edu gov in net org",
        "uk": "ac co gov ltd me net nhs org plc police sch",
        "uz": "co com net org",
        "vn": "ac biz com edu gov health info int name net org pro",
        "za": "ac agric alt co edu gov law mil net ngo nic nis nom org school tm web",
    }.items()
}  # fmt: skip
_LABEL: Final = re.compile(r"^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$")
_SCHEME: Final = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class Domain(NamedTuple):
    """A registered domain, and the label whose registry knows it."""

    domain: str
    tld: str


def check_domain(monitor: Any, target_of: TargetOf) -> Domain:
    """The domain of a (partial) monitor object. Raises UserError with the words and `meta` of the wire."""
    if not isinstance(monitor, Mapping):
        raise UserError("The monitor must be an object.", i18n=False, extra={"meta": {}})
    target = target_of(monitor)
    if target is None or target.name:  # what is called by a name has no address
        raise _refusal("monitor_type")
    host = host_of(target.url or target.host)
    if not host:
        raise _refusal("missing_target")
    return registered(host)


def host_of(target: str) -> str:
    """The host in a URL, in `host:port`, or alone; "" for none."""
    target = target.strip()
    address = target if _SCHEME.match(target) else f"//{target}"
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return host.rstrip(".").lower()


def registered(host: str) -> Domain:
    """The registered domain a host belongs to. Raises UserError."""
    if _is_address(host):
        raise _refusal("is_icann", domain=host, publicSuffix=None)
    labels = host.split(".")
    suffix = _suffix(labels)
    known = all(map(_LABEL.match, labels)) and labels[-1] not in _SPECIAL.split() and not labels[-1].isdigit()
    if not known or len(labels) <= len(suffix):
        raise _refusal("is_icann", domain=host, publicSuffix=".".join(suffix))
    tld = labels[-1]
    if tld in _SILENT or (len(tld) == 2 and tld not in _COUNTRIES_WITH_RDAP.split()):
        raise _refusal("unsupported_tld_no_rdap_endpoint", publicSuffix=".".join(suffix))
    return Domain(".".join(labels[-len(suffix) - 1 :]), tld)


def _suffix(labels: list[str]) -> list[str]:
    """The part that cannot be registered."""
    below = _THIRD_LEVEL.get(labels[-1], frozenset())
    return labels[-2:] if len(labels) > 1 and labels[-2] in below else labels[-1:]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _refusal(reason: str, **meta: str | None) -> UserError:
    return UserError(f"domain_expiry_unsupported_{reason}", i18n=True, extra={"meta": meta})
