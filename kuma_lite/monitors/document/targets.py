"""What a monitor object points at, stored or half typed into a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.checks import monitor_types
from kuma_lite.core.declarations import Kind
from kuma_lite.core.errors import UserError
from kuma_lite.core.targets import Target

# Of the types of Uptime Kuma 2.5 those whose registration it does not watch.
WITHOUT_DOMAIN: Final = frozenset(
    """
    docker globalping group kafka-producer manual mongodb mysql ntp oracledb pm2 postgres push rabbitmq redis
    sqlserver system-service
    """.split()  # noqa: SIM905 - two lines say it better than sixteen
)
_ADDRESSES: Final = (Kind.HOST, Kind.URL)


def domain_target(document: Mapping[str, Any]) -> Target | None:
    """What `checkDomain` looks at: as `target_of`, but None for types whose domain is not watched."""
    name = document.get("type")
    target = target_of(document) if isinstance(name, str) and name not in WITHOUT_DOMAIN else None
    return None if target is None or target.name else target


def target_of(document: Mapping[str, Any]) -> Target | None:
    """As the type declares it; None for a type without a target, and for an unknown one.

    An address that is not there, or is none, is "". Nothing else in the document has to be usable.
    """
    name = document.get("type")
    kind = monitor_types().get(name) if isinstance(name, str) else None
    if kind is None:
        return None
    kinds = {key: words.kind for key, (_, words) in kind.options.words().items() if key in document}
    usable = {
        key: document[key]
        for key, sort in kinds.items()
        if sort not in _ADDRESSES or isinstance(document[key], str)
    }
    try:
        options = kind.options.read(usable)
    except UserError:
        options = kind.options.read({key: usable[key] for key in usable if kinds[key] in _ADDRESSES})
    return kind.target(options)
