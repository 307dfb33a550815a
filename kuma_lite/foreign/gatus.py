"""Gatus: `config.yaml`. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from kuma_lite.core.sentences import said
from kuma_lite.core.time_zones import zone_named
from kuma_lite.foreign.gatus_alerting import alerts_of, channels, defaults_of
from kuma_lite.foreign.gatus_conditions import Conditions
from kuma_lite.foreign.model import MONITORS, Converted, LeftOut
from kuma_lite.foreign.values import (
    host_and_port,
    interval,
    listing,
    mapping,
    raw_text,
    seconds,
    switch,
    text,
    whole,
    with_space,
)

NAME: Final = "Gatus"
_INTERVAL_S: Final = 60
_TIMEOUT_S: Final = 10.0
_FAILURES: Final = 3  # before it tells people
_OWN: Final = frozenset({"endpoints", "external-endpoints", "alerting", "maintenance"})
_READ: Final = frozenset(
    {
        "name", "group", "enabled", "url", "method", "body", "headers", "graphql", "interval", "conditions",
        "dns", "ssh", "alerts", "client", "ui", "extra-labels",
    }
)  # fmt: skip
_CLIENT: Final = frozenset({"insecure", "ignore-redirect", "timeout", "oauth2", "network"})
_HTTP: Final = ("http", "https")
_HOSTS: Final = {"tcp": "port", "udp": "udp", "tls": "tls", "starttls": "tls", "ssh": "ssh", "icmp": "ping"}
_STARTTLS: Final = {
    25: "smtp",
    587: "smtp",
    143: "imap",
    110: "pop3",
    21: "ftp",
    5222: "xmpp",
    5432: "postgres",
}
_SUITES: Final = said("several steps are one monitor of the type “flow” here")
_VARIABLE: Final = re.compile(r"\$\$|\$\{(\w+)\}|\$([A-Za-z_]\w*)", re.ASCII)


def recognised(value: Any) -> bool:
    """Whether a parsed file is one of Gatus."""
    keys = mapping(value).keys()
    return bool(keys & {"endpoints", "external-endpoints"}) and "scrape_configs" not in keys


def convert(value: Any) -> Converted:
    """Everything that has an equal."""
    root = mapping(_with_variables(value))
    found = Converted(NAME)
    keys = channels(root.get("alerting"), found)
    defaults = defaults_of(root.get("alerting"))
    for given in listing(root.get("endpoints")):
        _endpoint(mapping(given), keys, defaults, found)
    for given in listing(root.get("external-endpoints")):
        _external(mapping(given), keys, defaults, found)
    _maintenance(mapping(root.get("maintenance")), found)
    for key in sorted(root.keys() - _OWN):
        found.omit(key, "", _SUITES if key == "suites" else said("it is how Gatus itself runs"))
    found.documents = unmarked(found.documents)
    found.left_out = [LeftOut(*map(unmarked, one)) for one in found.left_out]
    return found


def _with_variables(value: Any) -> Any:
    """Variables of the environment as our files write them; what is none stays."""
    if isinstance(value, str):
        return _VARIABLE.sub(_variable, value) if "$" in value else value
    if isinstance(value, Mapping):
        return {key: _with_variables(item) for key, item in value.items()}
    return [_with_variables(item) for item in value] if isinstance(value, list) else value


_MARK: Final = "\ue000"  # stands for the `${` of a variable until everything else is escaped


def _variable(match: re.Match[str]) -> str:
    name = match[1] or match[2]
    return f"{_MARK}env:{name}}}" if name else "$"


def unmarked(value: Any) -> Any:
    """With the variables that `_with_variables` has found."""
    if isinstance(value, str):
        return value.replace(_MARK, "${")
    if isinstance(value, Mapping):
        return {unmarked(key): unmarked(item) for key, item in value.items()}
    return [unmarked(item) for item in value] if isinstance(value, list) else value


def _endpoint(
    given: Mapping[str, Any], keys: Mapping[str, str], defaults: Mapping[str, Any], found: Converted
) -> None:
    name = with_space(given.get("name"))
    where = f"endpoints “{name}”"
    target = _target(given)
    if target is None:
        found.omit(where, raw_text(given.get("url")), said("there is no type of monitor for this address"))
        return
    conditions = Conditions(*target)
    for condition in listing(given.get("conditions")):
        conditions.take(raw_text(condition))
    conditions.finish()
    client = mapping(given.get("client"))
    limit = seconds(client.get("timeout")) or _TIMEOUT_S
    document = {
        "type": conditions.type,
        "parent": found.group(with_space(given.get("group"))),
        "active": None if switch(given.get("enabled"), default=True) else False,
        **_rhythm(given),
        **_told(given, keys, defaults, where, found),
        **conditions.options,
    }
    if document["type"] != "ping":
        document["timeout"] = min(limit, conditions.timeout or limit)
    if urlsplit(raw_text(given.get("url")).lower()).scheme in _HTTP and "dns" not in given:
        document |= _request(given, client)
    for condition, reason in conditions.left_out:
        found.omit(where, condition, reason)
    for key in sorted(given.keys() - _READ):
        found.omit(where, key, said("it has no equal"))
    for key in sorted(client.keys() - _CLIENT):
        found.omit(where, f"client.{key}", said("it has no equal"))
    found.add(MONITORS, name, document)


def _target(given: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Type and options that say what is checked."""
    url = text(given.get("url")).strip()
    scheme, _, rest = url.partition("://")
    scheme = scheme.lower()
    if dns := mapping(given.get("dns")):
        server, port = host_and_port(rest or url)
        name = text(dns.get("query-name")).rstrip(".")
        record = text(dns.get("query-type")).upper() or "A"
        return "dns", {"hostname": name, "server": server, "port": port or 53, "record_type": record}
    if scheme in _HTTP:
        return "http", {"url": url}
    if scheme in ("ws", "wss"):
        return "websocket-upgrade", {"url": url}
    kind = _HOSTS.get(scheme)
    if kind is None:
        return None
    host, port = host_and_port(rest.partition("/")[0])
    options: dict[str, Any] = {"hostname": host}
    if kind == "ping":
        return kind, options
    if port is None and kind in ("port", "udp"):
        return None
    options["port"] = port
    if scheme == "starttls":
        protocol = _STARTTLS.get(port or 25)
        if protocol is None:
            return None
        options["protocol"] = protocol
    if switch(mapping(given.get("client")).get("insecure")) and kind == "tls":
        options["ignore_tls"] = True
    return kind, options


def _request(given: Mapping[str, Any], client: Mapping[str, Any]) -> dict[str, Any]:
    """What HTTP monitors send."""
    body = text(given.get("body"))
    headers = {text(key): text(value) for key, value in mapping(given.get("headers")).items()}
    method = text(given.get("method")).upper() or "GET"
    if switch(given.get("graphql")):
        body, method = (
            json.dumps({"query": body}, ensure_ascii=False),
            text(given.get("method")).upper() or "POST",
        )
        headers.setdefault("Content-Type", "application/json")
    oauth = mapping(client.get("oauth2"))
    found: dict[str, Any] = {
        "method": method if method != "GET" else None,
        "body": body,
        "headers": json.dumps(headers, ensure_ascii=False) if headers else None,
        "ignore_tls": switch(client.get("insecure")) or None,
        "max_redirects": 0 if switch(client.get("ignore-redirect")) else None,
        "ip_family": {"ip4": "ipv4", "ip6": "ipv6"}.get(text(client.get("network"))),
    }
    if oauth:
        found |= {
            "auth_method": "oauth2-cc",
            "oauth_token_url": text(oauth.get("token-url")),
            "oauth_client_id": text(oauth.get("client-id")),
            "oauth_client_secret": text(oauth.get("client-secret")),
            "oauth_scopes": " ".join(map(text, listing(oauth.get("scopes")))),
        }
    return found


def _rhythm(given: Mapping[str, Any]) -> dict[str, Any]:
    every = interval(given.get("interval"), _INTERVAL_S)
    return {"interval": every, "retry_interval": every}


def _told(
    given: Mapping[str, Any],
    keys: Mapping[str, str],
    defaults: Mapping[str, Any],
    where: str,
    found: Converted,
) -> dict[str, Any]:
    """Channels, and after how many failures they are told."""
    channels_told: list[str] = []
    failures: list[int] = []
    for provider, alert in alerts_of(given, defaults):
        if provider not in keys:
            found.omit(where, f"alert “{provider}”", said("its provider was not taken over"))
            continue
        if keys[provider] not in channels_told:
            channels_told.append(keys[provider])
        failures.append(whole(alert.get("failure-threshold")) or _FAILURES)
        for key in ("success-threshold", "description", "minimum-reminder-interval", "provider-override"):
            if key in alert:
                found.omit(where, f"alert “{provider}”: {key}", said("it has no equal"))
        if not switch(alert.get("send-on-resolved")):
            found.omit_once(
                "alerting", "send-on-resolved: false", said("people are always told that it is over")
            )
    if not channels_told:
        return {}
    return {"notifications": channels_told, "max_retries": max(min(failures) - 1, 0)}


def _external(
    given: Mapping[str, Any], keys: Mapping[str, str], defaults: Mapping[str, Any], found: Converted
) -> None:
    """What reports by itself."""
    name = with_space(given.get("name"))
    where = f"external-endpoints “{name}”"
    every = interval(mapping(given.get("heartbeat")).get("interval"), 0)
    if not every:
        found.omit(where, "", said("without a heartbeat nothing would ever be missed"))
        return
    document = {
        "type": "push",
        "parent": found.group(with_space(given.get("group"))),
        "active": None if switch(given.get("enabled"), default=True) else False,
        "interval": every,
        **_told(given, keys, defaults, where, found),
    }
    found.add(MONITORS, name, document)
    found.omit(where, "token", said("it reports to another address, which its monitor shows"))


_DAYS: Final = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_CLOCK: Final = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d)$", re.ASCII)


def _maintenance(given: Mapping[str, Any], found: Converted) -> None:
    """The one plan that there may be, for everything."""
    if not given or not switch(given.get("enabled"), default=True):
        return
    begin, length = _CLOCK.match(raw_text(given.get("start"))), seconds(given.get("duration"))
    days = [raw_text(day).lower() for day in listing(given.get("every"))]
    if begin is None or not length or length >= 86_400 or not set(days) <= set(_DAYS):
        found.omit("maintenance", "", said("start, duration or every are not readable"))
        return
    hours, minutes = int(begin[1]), int(begin[2])
    end = (hours * 60 + minutes + round(length / 60)) % 1440
    zone = raw_text(given.get("timezone")) or "UTC"
    try:
        zone_named(zone)
    except ValueError:
        found.omit("maintenance", f"timezone {zone}", said("there is no such zone"))
        return
    plan: dict[str, Any] = {
        "strategy": "recurring-weekday" if days else "recurring-interval",
        "timezone": zone,
        "time_range": [
            {"hours": hours, "minutes": minutes, "seconds": 0},
            {"hours": end // 60, "minutes": end % 60, "seconds": 0},
        ],
        "weekdays": sorted(_DAYS.index(day) for day in set(days)),
        "monitors": list(found.documents.get(MONITORS, {})),
    }
    found.add("maintenance", "Gatus", plan)
