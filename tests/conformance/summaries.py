"""What is compared of answers that are not JSON: badges, metrics, pages, feeds."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

from tests.conformance.normaliser import canonical


def summary(content_type: str, text: str) -> dict[str, Any]:
    """The part of a body that is compared, under the name of its kind."""
    if "json" in content_type:
        try:
            return {"json": json.loads(text)}
        except ValueError:
            return {"text": text}
    if "svg" in content_type:
        return svg_summary(text)
    if "rss" in content_type:
        return rss_summary(text)
    if "text/html" in content_type and "<html" in text[:500].lower():
        return html_summary(text)
    if "# HELP" in text:
        return metrics_summary(text)
    return {"text": text}


def svg_summary(text: str) -> dict[str, Any]:
    """A badge: title, texts, colours, height, gradient."""
    texts = []
    for m in re.finditer(r"<text\b[^>]*>(.*?)</text>", text, re.S):
        t = html.unescape(re.sub(r"<[^>]+>", "", m.group(1))).strip()
        if t not in texts:
            texts.append(t)
    fills = []
    for m in re.finditer(r"<(?:rect|path)\b[^>]*>", text):
        f = re.search(r'fill="([^"]+)"', m.group(0))
        w = re.search(r'(?<![\w-])width="([^"]+)"', m.group(0))
        visible = f and not f.group(1).startswith("url(") and not (w and w.group(1) == "0")
        if f and visible and f.group(1) not in fills:
            fills.append(f.group(1))
    title = re.search(r"<title>(.*?)</title>", text, re.S)
    height = re.search(r"<svg\b[^>]*\bheight=\"([\d.]+)\"", text)
    return {
        "svg": {
            "title": html.unescape(title.group(1)) if title else None,
            "texts": texts,
            "colours": sorted(fills),
            "height": float(height.group(1)) if height else None,
            "gradient": "linearGradient" in text,
        }
    }


def metrics_summary(text: str) -> dict[str, Any]:
    """The families of monitors, each with help, type and samples; values that vary are blurred."""
    fams: dict[str, dict[str, Any]] = {}
    sample = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)")
    for line in text.splitlines():
        if line.startswith("# HELP "):
            _, _, n, h = line.split(" ", 3) if line.count(" ") >= 3 else ([*line.split(" "), ""])[:4]
            fams.setdefault(n, {"samples": []})["help"] = h
        elif line.startswith("# TYPE "):
            p = line.split(" ")
            fams.setdefault(p[2], {"samples": []})["type"] = p[3]
        elif line.strip():
            m = sample.match(line)
            if not m:
                continue
            n, labels, value = m.groups()
            labels = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or ""))
            if n in fams:
                fams[n]["samples"].append({"labels": labels, "value": value})
    out = {}
    for n, f in fams.items():
        if n.startswith("monitor_"):
            for s in f["samples"]:
                v = s["value"]
                if n in ("monitor_status", "monitor_cert_is_valid", "monitor_uptime_ratio") or (
                    n == "monitor_response_time" and v.startswith("-")
                ):
                    s["value"] = float(v)
                else:
                    s["value"] = "NaN" if v.lower() == "nan" else "<number>"
            f["samples"].sort(key=canonical)
            out[n] = f
    return {"metrics": out}


_SPACE = re.compile(r"[ \t\r\n]*")
_WORD = re.compile(r"[\w$]+")
_ATOM = re.compile(r"null|true|false|undefined|-?[\d.eE+-]+")
_WORDS = {"null": None, "true": True, "false": False, "undefined": None}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "0": "\0"}


class JavaScriptLiteral:
    """Reads an object literal, as pages carry it, with either kind of quotes."""

    def __init__(self, text: str, start: int = 0) -> None:
        self.text, self.at = text, start

    def value(self) -> Any:
        """The value that begins here; raises IndexError or ValueError where it is none."""
        match self._next():
            case "{":
                return self._members("}", self._member, {})
            case "[":
                return self._members("]", self._element, [])
            case "'" | '"':
                return self._string()
        word = self._matched(_ATOM)
        return _WORDS[word] if word in _WORDS else json.loads(word)

    def _members(self, end: str, read: Callable[[Any], None], found: Any) -> Any:
        self.at += 1
        while self._next() != end:
            read(found)
            if self._next() == ",":
                self.at += 1
        self.at += 1
        return found

    def _member(self, found: dict[str, Any]) -> None:
        key = self._string() if self._next() in "'\"" else self._matched(_WORD)
        if self._next() != ":":
            raise ValueError(f"no colon at {self.at}")
        self.at += 1
        found[key] = self.value()

    def _element(self, found: list[Any]) -> None:
        found.append(self.value())

    def _string(self) -> str:
        quote, read = self.text[self.at], []
        self.at += 1
        while (character := self.text[self.at]) != quote:
            self.at += 1
            read.append(self._escaped() if character == "\\" else character)
        self.at += 1
        return "".join(read).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _escaped(self) -> str:
        kind = self.text[self.at]
        digits = {"x": 2, "u": 4}.get(kind, 0)
        begin, self.at = self.at + 1, self.at + 1 + digits
        return chr(int(self.text[begin : self.at], 16)) if digits else _ESCAPES.get(kind, kind)

    def _next(self) -> str:
        self._matched(_SPACE)
        return self.text[self.at]

    def _matched(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise ValueError(f"unexpected {self.text[self.at]!r} at {self.at}")
        self.at = found.end()
        return found.group()


def html_summary(text: str) -> dict[str, Any]:
    """Title, social tags and preloaded data of a page; the rest of its markup is the user interface."""
    out: dict[str, Any] = {}
    t = re.search(r"<title>(.*?)</title>", text, re.S)
    metas = {}
    for m in re.finditer(r"<meta\b[^>]*>", text):
        p = re.search(r'(?:property|name)="([^"]+)"', m.group(0))
        c = re.search(r'content="([^"]*)"', m.group(0))
        if p and c and (p.group(1).startswith("og:") or p.group(1) == "description"):
            metas[p.group(1)] = html.unescape(c.group(1))
    pre = re.search(r"window\.preloadData\s*=\s*", text)
    if pre or any(k.startswith("og:") for k in metas):
        out["title"] = html.unescape(t.group(1)) if t else None
        out["meta"] = metas
        man = re.search(r'<link\b[^>]*rel="manifest"[^>]*>', text)
        href = re.search(r'href="([^"]*)"', man.group(0)) if man else None
        out["manifest"] = href.group(1) if href else None
        icon = re.search(r'<link\b[^>]*rel="icon"[^>]*>', text)
        href = re.search(r'href="([^"]*)"', icon.group(0)) if icon else None
        out["icon"] = href.group(1) if href else None
        if pre:
            try:
                out["preload"] = JavaScriptLiteral(text, pre.end()).value()
            except Exception as e:
                out["preload"] = f"cannot be parsed: {e}"
    return {"html": out}


def rss_summary(text: str) -> dict[str, Any]:
    """A feed's fields, and those of its items."""
    try:
        root = ET.fromstring(text)
    except ET.ParseError as e:
        return {"rss": f"cannot be parsed: {e}"}
    ch = root.find("channel")
    if ch is None:
        return {"rss": "no channel"}

    def fields(node: ET.Element) -> dict[str, str | None]:
        return {c.tag: (c.text or "").strip() for c in node if c.tag != "item"}

    items = []
    for it in ch.findall("item"):
        f = fields(it)
        if "guid" in f:
            f["guid"] = re.sub(r"^(i?)\d+-", r"\1<id>-", f["guid"] or "")
        items.append(f)
    top = fields(ch)
    top["generator"] = "<any>" if "generator" in top else None
    return {"rss": {"version": root.get("version"), "channel": top, "items": items}}
