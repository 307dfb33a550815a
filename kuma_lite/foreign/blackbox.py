"""Prometheus with the blackbox exporter: scrape configurations, and the modules that they name. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kuma_lite.core.sentences import said
from kuma_lite.foreign.model import MONITORS, Converted
from kuma_lite.foreign.values import (
    host_and_port,
    interval,
    listing,
    mapping,
    raw_text,
    seconds,
    switch,
    text,
    with_space,
)

NAME: Final = "blackbox_exporter"
_INTERVAL_S: Final = 60
_PROBE: Final = "/probe"
_PLAIN: Final = re.compile(r"^[\w \-<>/=\"'!,:;&%#@~]+$")  # a pattern that is a plain text
# What everybody's modules of these names are, where no file says so.
_USUAL: Final[Mapping[str, Mapping[str, Any]]] = {
    "http_2xx": {"prober": "http"},
    "http_post_2xx": {"prober": "http", "http": {"method": "POST"}},
    "tcp_connect": {"prober": "tcp"},
    "icmp": {"prober": "icmp"},
}
_HTTP_READ: Final = frozenset(
    {
        "method", "headers", "body", "valid_status_codes", "no_follow_redirects", "follow_redirects",
        "tls_config", "basic_auth", "authorization", "bearer_token", "preferred_ip_protocol",
        "ip_protocol_fallback", "fail_if_body_not_matches_regexp", "fail_if_body_matches_regexp",
    }
)  # fmt: skip
_OTHERS_READ: Final[Mapping[str, frozenset[str]]] = {
    "tcp": frozenset({"tls", "tls_config", "preferred_ip_protocol", "ip_protocol_fallback"}),
    "icmp": frozenset({"preferred_ip_protocol", "ip_protocol_fallback", "payload_size"}),
    "dns": frozenset(
        {"query_name", "query_type", "preferred_ip_protocol", "ip_protocol_fallback", "transport_protocol"}
    ),
}


def recognised(value: Any) -> bool:
    """Whether a parsed file is a configuration of Prometheus."""
    return "scrape_configs" in mapping(value)


def has_modules(value: Any) -> bool:
    """Whether a parsed file is a configuration of the blackbox exporter."""
    modules = mapping(mapping(value).get("modules"))
    return any("prober" in mapping(module) for module in modules.values())


def convert(value: Any, modules: Any = None) -> Converted:
    """Every target of every job that probes; `modules`: the parsed file of the exporter."""
    found = Converted(NAME)
    known = {**_USUAL, **mapping(mapping(modules).get("modules"))}
    root = mapping(value)
    every = interval(mapping(root.get("global")).get("scrape_interval"), _INTERVAL_S)
    for given in listing(root.get("scrape_configs")):
        job = mapping(given)
        if raw_text(job.get("metrics_path")) == _PROBE:
            _job(job, known, interval(job.get("scrape_interval"), every), found)
        else:
            found.omit(
                f"job “{with_space(job.get('job_name'))}”", "", said("it probes nothing, it reads metrics")
            )
    return found


def _job(job: Mapping[str, Any], modules: Mapping[str, Any], every: int, found: Converted) -> None:
    name = with_space(job.get("job_name"))
    where = f"job “{name}”"
    for key in sorted(job):
        if key.endswith("_sd_configs"):
            found.omit(where, key, said("targets that are found later have no equal"))
    named = [raw_text(one) for one in listing(mapping(job.get("params")).get("module"))] or ["http_2xx"]
    module = mapping(modules.get(named[0]))
    if not module:
        found.omit(where, f"module “{named[0]}”", said("it is not known: blackbox.yml is needed, too"))
        return
    prober = raw_text(module.get("prober"))
    if prober not in ("http", *_OTHERS_READ):
        found.omit(where, f"module “{named[0]}”", said(f"the prober “{prober}” has no equal"))
        return
    settings = mapping(module.get(prober))
    known = _HTTP_READ if prober == "http" else _OTHERS_READ[prober]
    for key in sorted(settings.keys() - known):
        found.omit(where, f"module “{named[0]}”: {key}", said("it has no equal"))
    common = _http(settings, where, found) if prober == "http" else {}
    limit = seconds(module.get("timeout"))
    if limit and prober != "icmp":
        common["timeout"] = limit
    for target, labels in _targets(job):
        options = _target(prober, target, settings)
        if options is None:
            found.omit(where, raw_text(target), said("this is no target that has an equal"))
            continue
        document = {
            "parent": found.group(name),
            "interval": every,
            **common,
            **options,
            "tags": found.tags(labels),
        }
        found.add(MONITORS, with_space(target), document)


def _targets(job: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each target with its labels."""
    for given in listing(job.get("static_configs")):
        block = mapping(given)
        labels = {with_space(key): text(value) for key, value in mapping(block.get("labels")).items()}
        for target in listing(block.get("targets")):
            if raw_text(target):
                yield raw_text(target), labels


def _target(prober: str, target: str, settings: Mapping[str, Any]) -> dict[str, Any] | None:
    given = text(target).strip()
    if prober == "http":
        url = given if "://" in given else f"http://{given}"
        return {"url": url} if url.lower().startswith(("http://", "https://")) else None
    host, port = host_and_port(given)
    if not host:
        return None
    if prober == "icmp":
        return {"type": "ping", "hostname": host}
    if prober == "tcp":
        if port is None:
            return None
        tls = switch(settings.get("tls"))
        unchecked = switch(mapping(settings.get("tls_config")).get("insecure_skip_verify"))
        kind = {"type": "tls" if tls else "port", "hostname": host, "port": port}
        return {**kind, "ignore_tls": True} if tls and unchecked else kind
    name = text(settings.get("query_name")).rstrip(".")
    record = text(settings.get("query_type")).upper() or "ANY"
    if not name or record == "ANY":
        return None
    return {"type": "dns", "hostname": name, "server": host, "port": port or 53, "record_type": record}


def _http(settings: Mapping[str, Any], where: str, found: Converted) -> dict[str, Any]:
    """What all targets of an HTTP module have."""
    headers = {text(key): text(value) for key, value in mapping(settings.get("headers")).items()}
    authorization = mapping(settings.get("authorization"))
    bearer = text(settings.get("bearer_token")) or text(authorization.get("credentials"))
    if bearer:
        headers["Authorization"] = f"{text(authorization.get('type')) or 'Bearer'} {bearer}"
    basic = mapping(settings.get("basic_auth"))
    if "password_file" in basic or "credentials_file" in authorization:
        found.omit(where, "password_file", said("write ${file:PATH} into our file"))
    codes = [text(code) for code in listing(settings.get("valid_status_codes"))]
    follows = switch(settings.get("follow_redirects"), default=True)
    follows = follows and not switch(settings.get("no_follow_redirects"))
    method = text(settings.get("method")).upper()
    only = raw_text(settings.get("preferred_ip_protocol"))
    strict = not switch(settings.get("ip_protocol_fallback"), default=True)
    result: dict[str, Any] = {
        "type": "http",
        "method": method if method not in ("", "GET") else None,
        "body": text(settings.get("body")),
        "headers": json.dumps(headers, ensure_ascii=False) if headers else None,
        "accepted": codes,
        "max_redirects": None if follows else 0,
        "ignore_tls": switch(mapping(settings.get("tls_config")).get("insecure_skip_verify")) or None,
        "ip_family": {"ip4": "ipv4", "ip6": "ipv6"}.get(only) if strict else None,
    }
    if basic:
        result |= {
            "auth_method": "basic",
            "basic_user": text(basic.get("username")),
            "basic_pass": text(basic.get("password")),
        }
    return {**result, **_keyword(settings, where, found)}


def _keyword(settings: Mapping[str, Any], where: str, found: Converted) -> dict[str, Any]:
    """One plain text that has to be, or must not be, in the body."""
    result: dict[str, Any] = {}
    for key, inverted in (("fail_if_body_not_matches_regexp", False), ("fail_if_body_matches_regexp", True)):
        for given in listing(settings.get(key)):
            pattern = raw_text(given)
            if not _PLAIN.match(pattern):
                found.omit(where, f"{key}: {pattern}", said("only plain texts are looked for"))
            elif result:
                found.omit(where, f"{key}: {pattern}", said("a monitor looks for one text"))
            else:
                result = {"type": "keyword", "keyword": text(pattern), "invert_keyword": inverted}
    return result
