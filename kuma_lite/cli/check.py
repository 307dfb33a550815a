"""`kuma-lite check`: check one monitor now and show how it went."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kuma_lite.cli.exits import DONE, TROUBLE, UNKNOWN
from kuma_lite.cli.remote import Remote, add_remote_options
from kuma_lite.cli.tables import Look, clean, cut, look, painted, print_json
from kuma_lite.cli.watched import API, add_output, find, read

_WORDS: Final = {0: "down", 1: "up", 2: "pending", 3: "maintenance"}
_PHASES: Final = {
    "dns": "name",
    "connect": "connection",
    "tls": "TLS",
    "firstByte": "first byte",
    "answer": "answer",
    "total": "in all",
}
_TOTALS: Final = frozenset({"answer", "total"})  # these begin with the first one
_BAR: Final = 40  # characters for the whole time
_LABEL: Final = 14  # characters


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which one."""
    parser.add_argument(
        "monitor", metavar="NAME", help="name, path (Group/Name), number or a part of the name"
    )
    add_output(parser)
    add_remote_options(parser)


def run(options: argparse.Namespace) -> int:
    """Check; nothing of it is kept, and nobody is told."""
    remote = Remote.of(options)
    monitor = find(read(remote), options.monitor)
    answer = remote.post(f"{API}/monitors/test", {"id": monitor.id})
    word = _WORDS.get(answer["status"], "pending")
    if options.json:
        print_json({"id": monitor.id, "name": monitor.name, **answer, "status": word})
    else:
        for line in lines(monitor.name, word, answer, look()):
            print(line)
    return {"up": DONE, "down": TROUBLE}.get(word, UNKNOWN)


def lines(name: str, word: str, answer: Mapping[str, Any], style: Look) -> Iterator[str]:
    """What a person is told of a check."""
    shown = "cannot be checked" if answer["cannot"] else word
    yield f"{clean(name)}: {painted(shown, word, style)} - {clean(answer['msg'])}"
    if answer["address"]:
        yield _entry("address", answer["address"])
    yield from _phases(answer["timings"])
    if (found := answer["answer"]) is not None:
        yield _entry("status", f"{found['status']} {clean(found['reason'])} (HTTP/{found['httpVersion']})")
        yield _entry("size", f"{found['bodyBytes']} bytes")
        if url := found.get("url"):
            room = None if style.width is None else max(style.width - _LABEL - 2, 20)
            yield _entry("URL", clean(url) if room is None else cut(clean(url), room))
    if (certificate := answer["certificate"]) is not None:
        yield from _certificate(certificate)


def _phases(timings: Mapping[str, float | None]) -> Iterator[str]:
    """Each phase with a bar that shows when it was."""
    total = timings.get("total") or 0.0
    begun = 0.0
    for key, label in _PHASES.items():
        length = timings.get(key)
        if length is None:
            continue
        start = 0.0 if key in _TOTALS else begun
        before = int(start / total * _BAR) if total else 0
        full = max(round(length / total * _BAR), 1) if total else 1
        yield f"{_entry(label, f'{length:9.2f} ms')}  {' ' * before}{'█' * min(full, max(_BAR - before, 1))}"
        if key not in _TOTALS:
            begun += length


def _certificate(certificate: Mapping[str, Any]) -> Iterator[str]:
    info = certificate.get("certInfo") or {}
    trusted = "trusted" if certificate.get("valid") else "not trusted"
    yield _entry("certificate", f"{trusted}, {info.get('daysRemaining', '?')} days left")
    for label, key in (("subject", "subject"), ("issuer", "issuer")):
        names = info.get(key)
        name = names.get("CN") or names.get("O") if isinstance(names, Mapping) else None
        if name:
            yield _entry(label, clean(name))
    if info.get("validTo"):
        yield _entry("valid to", clean(info["validTo"]))


def _entry(label: str, text: Any) -> str:
    return f"  {label:<{_LABEL}}{text}"
