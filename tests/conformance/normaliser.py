"""Turns raw observations into what two servers can be compared on: see the README for what becomes what.

Recordings are kept raw. Both sides, recording and live run, go through the same rules before they are
compared: the rules can be refined without recording again.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Collection
from typing import Any

import brotli

from tests.conformance.ids import (
    EVENT_ARG_IDS,
    EVENT_ID,
    EVENT_KEYED,
    KEY_ID,
    KEYED_OBJECTS,
    PARENT_ID,
)

Pending = set[tuple[str, int]] | None  # ids that wait for their numbers; None: numbers are put in
Keep = Collection[str]  # keys that are compared as they are

NUMBER_KEYS = {"ping", "avgPing", "minPing", "maxPing", "timestamp", "size", "iat"}

RATIO_KEYS = {"uptime"}

JSON_STRING_KEYS = {"config"}

_DT = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)([ T])(\d\d):(\d\d)(:\d\d)?(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)?(?!\d)")

_DIGIT = re.compile(r"\d")

_DAY = re.compile(r"^(\d{4})-(\d\d)-(\d\d)$")

_RFC822 = re.compile(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (\w{3}) (\d{4}) \d\d:\d\d:\d\d GMT")

_JWT = re.compile(r"^[\w-]{10,}\.[\w-]{10,}\.[\w-]{20,}$")

_APIKEY = re.compile(r"^uk(\d+)_([A-Za-z0-9_-]+)$")

_MS = re.compile(r"^\d+(\.\d+)? ms$")


def _read_part(part: str) -> Any:
    """A part of a JSON web token."""
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Normaliser:
    """One per side and scenario; keeps the id numbering."""

    def __init__(self, meta: dict[str, Any]) -> None:
        self.meta = meta
        self.now = dt.datetime.fromtimestamp(meta["at"], dt.UTC).replace(tzinfo=None)
        self.ids: dict[tuple[str, int], int] = {}  # kind, id → number
        self.count: Counter[str] = Counter()
        self.addresses: list[tuple[str, str]] = []
        for name, address in meta.get("addresses", {}).items():
            for scheme in ("http", "https", "ws", "tcp"):
                self.addresses.append((f"{scheme}://{address}", f"<{name}-{scheme}>"))
            self.addresses.append((address, f"<{name}>"))
        self.ports = {p: f"<{n}-port>" for n, p in meta.get("ports", {}).items()}

    # ---------------------------------------------------------------- ids
    def _id(self, kind: str, value: Any, pending: Pending) -> Any:
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        as_str = isinstance(value, str)
        if as_str:
            if not re.fullmatch(r"\d{1,15}", value):
                return self.string(value, None)
            number = int(value)
        elif isinstance(value, int):
            number = value
        else:
            return value
        if pending is not None:
            if (kind, number) not in self.ids:
                pending.add((kind, number))
            return value
        n = self.ids.get((kind, number))
        return f"<{kind}#{n}{':str' if as_str else ''}>"

    def _commit(self, pending: set[tuple[str, int]]) -> None:
        for kind, number in sorted(pending):
            self.count[kind] += 1
            self.ids[(kind, number)] = self.count[kind]

    # ------------------------------------------------------------- strings
    def _near(self, year: Any, month: Any, day: Any) -> bool:
        try:
            return abs((dt.datetime(int(year), int(month), int(day)) - self.now).days) < 400
        except ValueError:
            return False

    def string(self, s: str, key: str | None, pending: Pending = None) -> Any:
        """A text, stored under `key`."""
        for old, new in self.addresses:
            if old in s:
                s = s.replace(old, new)
        if key == "version" and re.fullmatch(r"\d+\.\d+[\w.+-]*", s):
            return "<version>"
        s = re.sub(r"\bUptime-Kuma/[\w.+-]+", "Uptime-Kuma/<version>", s)
        if _JWT.match(s):
            return self._token(s)
        m = _APIKEY.match(s)
        if m:
            i = self._id("api_key", m.group(1), pending)
            return f"uk{i}_<{len(m.group(2))} characters>"
        s = re.sub(r"secret=[A-Z2-7]+$", "secret=<base32>", s)
        if s.startswith("$2") and len(s) == 60:
            return "<bcrypt>"
        if _MS.match(s):
            return "<number> ms"
        s = re.sub(
            r"/upload/logo(\d+)\.png",
            lambda m: f"/upload/logo{self._id('status_page', m.group(1), pending)}.png",
            s,
        )
        s = re.sub(r"/screenshots/[\w-]+\.[\w-]+\.[\w-]+\.png", "/screenshots/<jwt>.png", s)
        s = re.sub(r"\?t=\d{13}\b", "?t=<milliseconds>", s)
        m = _DAY.match(s)
        if m and self._near(*m.groups()):
            return "<date dddd-dd-dd>"

        def date(m: re.Match[str]) -> str:
            if not self._near(m.group(1), m.group(2), m.group(3)):
                return m.group(0)
            return f"<date {re.sub(_DIGIT, 'd', m.group(0))}>"

        s = _DT.sub(date, s)

        def rfc(m: re.Match[str]) -> str:
            return "<date rfc822>" if abs(int(m.group(3)) - self.now.year) <= 2 else m.group(0)

        return _RFC822.sub(rfc, s)

    def _token(self, token: str) -> Any:
        """A JSON web token: its header, and names and types of its claims."""

        def claim(name: str, value: Any) -> Any:
            if name == "username":
                return self.string(value, name)
            return f"<{type(value).__name__}{f':{len(str(value))}' if name == 'h' else ''}>"

        try:
            head, body = (_read_part(part) for part in token.split(".")[:2])
        except ValueError:
            return "<token>"
        if isinstance(body, dict):
            return {"<jwt>": [head, {name: claim(name, value) for name, value in body.items()}]}
        return {"<jwt>": [head, f"<{type(body).__name__}>"]}

    # --------------------------------------------------------------- walking
    def walk(
        self,
        value: Any,
        key: str | None = None,
        event: str | None = None,
        pending: Pending = None,
        keep: Keep = (),
    ) -> Any:
        """A value that is stored under `key`, somewhere in the arguments of `event`."""
        if isinstance(value, dict):
            return self._members(value, key, event, pending, keep)
        if isinstance(value, list):
            return [self.walk(v, key, event, pending, keep) for v in value]
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, (int, float)):
            if key in NUMBER_KEYS and key not in keep:
                return "<number>"
            if key in RATIO_KEYS and key not in keep and value not in (0, 1):
                return "<ratio>"
            if value in self.ports and key in ("port", "monitor_port", "proxy_port"):
                return self.ports[value]
            return value
        if isinstance(value, str):
            if key == "monitor_port" and value.isdigit() and int(value) in self.ports:
                return self.ports[int(value)]
            if key in JSON_STRING_KEYS and value[:1] in "{[":
                try:
                    return {"<json string>": self.walk(json.loads(value), None, None, pending, keep)}
                except ValueError:
                    pass
            return self.string(value, key, pending)
        return value

    def _members(
        self, value: dict[str, Any], key: str | None, event: str | None, pending: Pending, keep: Keep
    ) -> dict[str, Any]:
        keyed = KEYED_OBJECTS.get(key or "")
        out = {}
        slots = "startDate" in value and "endDate" in value and len(value) == 2
        for k, v in value.items():
            name = k
            if keyed and re.fullmatch(r"\d+", k):
                name = self._id(keyed, k, pending)
            elif key == "uptimeList" and "_" in k:
                monitor, rest = k.split("_", 1)
                name = f"{self._id('monitor', monitor, pending)}_{rest}"
                if not isinstance(v, bool) and isinstance(v, (int, float)) and v not in (0, 1):
                    v = "<ratio>"
            if k == "id" and not isinstance(v, (dict, list)):
                kind = _kind_of(value, key, event)
                out[name] = self._id(kind, v, pending) if kind else self.walk(v, k, event, pending, keep)
            elif k in KEY_ID and not isinstance(v, dict):
                if isinstance(v, list):
                    v = sorted(v, key=str) if k == "childrenIDs" else v
                    out[name] = [self._id(KEY_ID[k], x, pending) for x in v]
                else:
                    out[name] = self._id(KEY_ID[k], v, pending)
            elif (
                k == "duration"
                and ("monitorID" in value or "monitor_id" in value)
                and k not in keep
                and isinstance(v, (int, float))
            ):
                out[name] = "<number>"
            elif k == "response" and isinstance(v, str) and ("monitorID" in value or "monitor_id" in value):
                out[name] = self._brotli(v)
            else:
                out[name] = self.walk(v, k, event, pending, keep)
        if slots and pending is None:
            a, b = parse_date(value["startDate"]), parse_date(value["endDate"])
            if a and b and self._near(a.year, a.month, a.day):
                out["seconds"] = round((b - a).total_seconds())
        return out

    @staticmethod
    def _brotli(text: str) -> Any:
        try:
            return {"<base64 brotli>": brotli.decompress(base64.b64decode(text)).decode()} if text else text
        except (ValueError, brotli.error):
            return text

    def event(self, name: str, args: list[Any], pending: Pending = None, keep: Keep = ()) -> list[Any]:
        """The arguments of a pushed event, or of the acknowledgement of one that was sent."""
        out = []
        for i, arg in enumerate(args):
            kind = EVENT_ARG_IDS.get((name, i))
            if kind and not isinstance(arg, (dict, list)):
                out.append(self._id(kind, arg, pending))
            elif name == "avgPing" and i == 1:
                # an average of exactly 0 ms is pushed as null
                out.append(
                    "<number or null>" if "ping" not in keep and not isinstance(arg, (str, bool)) else arg
                )
            elif name == "uptime" and i == 2:
                out.append(arg if arg in (0, 1) or "uptime" in keep else "<ratio>")
            elif name == "certInfo" and i == 1 and isinstance(arg, str):
                out.append(certificate(arg))
            elif name in EVENT_KEYED and i == 0 and isinstance(arg, dict):
                kind = EVENT_KEYED[name]
                out.append(
                    {
                        self._id(kind, k, pending): self.walk(v, None, name, pending, keep)
                        for k, v in arg.items()
                    }
                )
            elif name == "info" and isinstance(arg, dict):
                arg = dict(arg)
                for k in ("latestVersion", "isContainer", "runtime"):
                    if k in arg:
                        arg[k] = "<any>"
                out.append(self.walk(arg, None, name, pending, keep))
            else:
                out.append(self.walk(arg, None, name, pending, keep))
        return out

    def step(self, step: dict[str, Any], marks: dict[str, Any]) -> dict[str, Any]:
        """One step; the marks come from the scenario. Ids it is the first to show get their numbers."""
        keep = marks.get("keep", ())
        pending: set[tuple[str, int]] = set()
        self._step(step, marks, pending, keep)
        self._commit(pending)
        return self._step(step, marks, None, keep)

    def _step(
        self, step: dict[str, Any], marks: dict[str, Any], pending: Pending, keep: Keep
    ) -> dict[str, Any]:
        out: dict[str, Any] = {"label": step["label"], "kind": step["kind"]}
        name = (step.get("sent") or {}).get("event")
        if "ack" in step:
            ack = step["ack"]
            out["ack"] = (
                ack
                if ack is None
                else self.event("ack:" + str(name), ack, pending, keep)
                if name not in EVENT_ID
                else [self.walk(a, None, name, pending, keep) for a in ack]
            )
        if "response" in step:
            out["response"] = self.walk(step["response"], None, "http", pending, keep)
            for family in (out["response"].get("metrics") or {}).values():
                family["samples"].sort(key=canonical)
        if "value" in step:
            out["value"] = self.walk(
                step["value"], step.get("value_key"), step.get("as_event"), pending, keep
            )
        if "beats" in step:
            out["beats"] = [self.walk(b, None, "heartbeat", pending, keep) for b in step["beats"]]
        if "requests" in step:
            out["requests"] = [self.walk(r, None, "request", pending, keep) for r in step["requests"]]
            if marks.get("unordered"):
                out["requests"].sort(key=canonical)
        for k in ("events", "stats"):
            if k in step:
                raw = step[k]
                for name in marks.get("once", ()):  # of repeated pushes the last one counts
                    last = {c: n for n, (c, e, _) in enumerate(raw) if e == name}
                    raw = [x for n, x in enumerate(raw) if x[1] != name or last[x[0]] == n]
                evs = [{"client": c, "event": e, "args": self.event(e, a, pending, keep)} for c, e, a in raw]
                evs.sort(key=canonical)
                if k == "stats":  # a set, a timer may repeat them
                    seen, unique = set(), []
                    for e in evs:
                        if canonical(e) not in seen:
                            seen.add(canonical(e))
                            unique.append(e)
                    evs = unique
                out[k] = evs
        if "connected" in step:
            out["connected"] = step["connected"]
        return out


def _kind_of(value: dict[str, Any], key: str | None, event: str | None) -> str | None:
    """What a member called `id` is the id of."""
    if "tag_id" in value:
        return "monitor_tag"
    if "monitor_id" in value and "status" in value:
        return "heartbeat"
    return PARENT_ID.get(key or "") or EVENT_ID.get(event or "")


CERT_FIELDS = (
    "subject",
    "issuer",
    "subjectaltname",
    "valid_from",
    "valid_to",
    "validTo",
    "validFor",
    "serialNumber",
    "fingerprint",
    "fingerprint256",
    "certType",
    "daysRemaining",
)


def certificate(text: str) -> Any:
    """The part of a certInfo push that does not depend on a TLS library."""
    try:
        info = json.loads(text)
    except ValueError:
        return text
    cert = info.get("certInfo") or {}
    kept = {k: cert.get(k) for k in CERT_FIELDS if k in cert}
    if isinstance(kept.get("daysRemaining"), (int, float)):
        kept["daysRemaining"] = "<number>"
    return {"<json string>": {**{k: v for k, v in info.items() if k != "certInfo"}, "certInfo": kept}}


def canonical(value: Any) -> str:
    """A text that is the same for equal values, to sort and compare by."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def parse_date(s: Any) -> dt.datetime | None:
    """A date as the wire writes it, without its zone; None for anything else."""
    if not isinstance(s, str):
        return None
    try:
        return dt.datetime.fromisoformat(s.replace("Z", "+00:00")).replace(tzinfo=None)
    except ValueError:
        return None
