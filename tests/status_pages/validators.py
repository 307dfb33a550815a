"""Strict readers of the documents that other programs subscribe to: what they say is refused is wrong."""

from __future__ import annotations

import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
RSS_FIELDS = {"title", "link", "description", "lastBuildDate", "docs", "generator", "language", "item"}
ITEM_FIELDS = {"title", "link", "guid", "pubDate", "description"}
ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[!-~]*)?")


def read_rss(text: str | bytes) -> list[dict[str, str]]:
    """The items of an RSS 2.0 document (rssboard.org/rss-specification)."""
    root = ElementTree.fromstring(text)
    assert (root.tag, root.attrib) == ("rss", {"version": "2.0"})
    (channel,) = root
    assert channel.tag == "channel"
    assert {"title", "link", "description"} <= {field.tag for field in channel} <= RSS_FIELDS
    assert ADDRESS.fullmatch(channel.findtext("link") or "")
    parsedate_to_datetime(channel.findtext("lastBuildDate") or "")
    items = []
    for item in channel.findall("item"):
        fields = {field.tag: field.text or "" for field in item}
        assert set(fields) <= ITEM_FIELDS
        assert len(fields) == len(item), "a field is there twice"
        assert fields["title"] or fields["description"]
        guid = item.find("guid")
        assert guid is not None
        assert guid.get("isPermaLink") == "false"
        assert parsedate_to_datetime(fields["pubDate"]).utcoffset() is not None
        items.append(fields)
    guids = [item["guid"] for item in items]
    assert len(set(guids)) == len(guids)
    return items


def read_atom(text: str | bytes) -> list[dict[str, str]]:
    """The entries of an Atom document (RFC 4287, 4.1)."""
    feed = ElementTree.fromstring(text)
    assert feed.tag == f"{ATOM}feed"
    for field in ("id", "title", "updated"):
        assert len(feed.findall(ATOM + field)) == 1, field
    _moment(feed.findtext(f"{ATOM}updated"))
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert ADDRESS.fullmatch(links["self"] or "")
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None, (
        "entries without an author need that of the feed"
    )
    entries = []
    for entry in feed.findall(f"{ATOM}entry"):
        fields = {field.tag.removeprefix(ATOM): field.text or "" for field in entry}
        for field in ("id", "title", "updated"):
            assert len(entry.findall(ATOM + field)) == 1, field
        assert ADDRESS.fullmatch(fields["id"])
        _moment(fields["updated"])
        _moment(fields["published"])
        content = entry.find(f"{ATOM}content")
        assert content is not None
        assert content.get("type") == "html"
        assert not len(content), "HTML is escaped text there"
        entries.append(fields)
    ids = [entry["id"] for entry in entries]
    assert len(set(ids)) == len(ids)
    return entries


def read_json_feed(text: str | bytes) -> list[dict[str, Any]]:
    """The items of a JSON Feed (jsonfeed.org/version/1.1)."""
    feed = json.loads(text)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert "content_html" in item or "content_text" in item
        _moment(item["date_published"])
    assert len({item["id"] for item in feed["items"]}) == len(feed["items"])
    items: list[dict[str, Any]] = feed["items"]
    return items


def read_calendar(content: bytes) -> list[dict[str, str]]:
    """The events of an iCalendar document (RFC 5545, 3.1, 3.3.11, 3.6)."""
    assert content.endswith(b"\r\n")
    physical = content[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in physical), "lines are folded at 75 bytes"
    assert not any(byte < 32 and byte != 9 for line in physical for byte in line)
    lines: list[str] = []
    for piece in physical:
        text = piece.decode("utf-8")  # no character is cut
        if text.startswith(" "):
            lines[-1] += text[1:]
        else:
            lines.append(text)
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    events: list[dict[str, str]] = []
    calendar: dict[str, str] = {}
    inside: dict[str, str] | None = None
    for line in lines[1:-1]:
        name, _, value = line.partition(":")
        assert re.fullmatch(r"[A-Z-]+(;[A-Z-]+=[A-Z-]+)*", name), line
        if line == "BEGIN:VEVENT":
            assert inside is None
            inside = {}
        elif line == "END:VEVENT":
            assert inside is not None
            assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"} <= set(inside)
            assert all(re.fullmatch(r"\d{8}T\d{6}Z", inside[key]) for key in ("DTSTAMP", "DTSTART", "DTEND"))
            assert inside["DTSTART"] <= inside["DTEND"]
            events.append(inside)
            inside = None
        else:
            target = calendar if inside is None else inside
            assert name not in target, f"{name} is there twice"
            if name in ("SUMMARY", "DESCRIPTION", "NAME", "X-WR-CALNAME"):
                value = _unescaped(value)
            target[name] = value
    assert inside is None
    assert {"PRODID", "VERSION"} <= set(calendar)
    assert calendar["VERSION"] == "2.0"
    assert len({event["UID"] for event in events}) == len(events)
    return events


def _unescaped(value: str) -> str:
    assert re.fullmatch(r"(?:[^\\;,]|\\[\\;,nN])*", value), value
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def _moment(text: str | None) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text or ""), text
    datetime.fromisoformat(text or "")
