from __future__ import annotations

import base64
from typing import Any

import pytest

from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.editing.reading import MAX_LOGO_BYTES, read_groups, read_logo, read_page
from kuma_lite.status_pages.model import Member, Page

PAGE = Page(id=1, organisation=1, slug="old", title="Old", description="stays", show_tags=True)
LEAST: dict[str, Any] = {"slug": "new", "analyticsType": None, "domainNameList": []}
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def data_url(content: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def test_absent_keys_keep_null_clears() -> None:
    page = read_page(PAGE, LEAST)
    assert (page.slug, page.title, page.description, page.show_tags) == ("new", "Old", "stays", True)
    page = read_page(PAGE, {**LEAST, "description": None, "showTags": None, "title": "T", "icon": "ignored"})
    assert (page.title, page.description, page.show_tags, page.icon) == ("T", None, False, "")


def test_domains() -> None:
    page = read_page(PAGE, {**LEAST, "domainNameList": [" a.example ", " ", "b.example", "A.example"]})
    assert page.domains == ("A.example", "b.example")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slug": None}, "Slug must be string"),
        ({"slug": "a b"}, "Invalid Slug"),
        ({"analyticsType": "spyware"}, "Invalid analytics type"),
        ({"analyticsType": []}, "Invalid analytics type"),
        ({"domainNameList": "x"}, "Invalid array"),
        ({"domainNameList": None}, "Invalid array"),
        ({"domainNameList": [5]}, "Invalid domain"),
        ({"title": None}, "title"),
        ({"title": "x" * 10_001}, "10000"),
        ({"theme": []}, "theme"),
        ({"theme": None}, "theme"),
        ({"autoRefreshInterval": "often"}, "refresh"),
        ({"autoRefreshInterval": None}, "refresh"),
        ({"autoRefreshInterval": 2**31}, "refresh"),
        ({"autoRefreshInterval": float("nan")}, "refresh"),
        ({"customCSS": []}, "customCSS"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        read_page(PAGE, {**LEAST, **changes})


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"theme": ""}, "theme", ""),
        ({"theme": "solarized"}, "theme", "solarized"),
        ({"title": 404}, "title", "404"),
        ({"title": "x" * 256}, "title", "x" * 256),
        ({"autoRefreshInterval": "300"}, "auto_refresh_interval", 300),
        ({"autoRefreshInterval": 300.0}, "auto_refresh_interval", 300),
        ({"autoRefreshInterval": 604_800}, "auto_refresh_interval", 604_800),
        ({"autoRefreshInterval": -1}, "auto_refresh_interval", -1),
        ({"customCSS": 5}, "custom_css", "5"),
        ({"showTags": "true"}, "show_tags", True),
        ({"showTags": "false"}, "show_tags", False),
        ({"showTags": 1}, "show_tags", True),
    ],
)
def test_what_is_taken_as_it_is_meant(changes: dict[str, Any], name: str, value: Any) -> None:
    assert getattr(read_page(PAGE, {**LEAST, **changes}), name) == value


def test_analytics_must_be_mentioned() -> None:
    with pytest.raises(UserError, match="Invalid analytics type"):
        read_page(PAGE, {"slug": "new", "domainNameList": []})


def test_logos() -> None:
    assert read_logo("/icon.svg").address == "/icon.svg"
    assert read_logo(data_url(PNG)).png == PNG


@pytest.mark.parametrize(
    ("logo", "sentence"),
    [
        (data_url(PNG, "image/jpeg"), "Only allowed PNG logo."),
        (data_url(b"<svg onload=alert(1)>"), "Only allowed PNG logo."),
        (data_url(PNG, "image/svg+xml"), "Only allowed PNG logo."),
        ("data:image/png;base64,***", "Only allowed PNG logo."),
        ("data:image/png;base64,é", "Only allowed PNG logo."),
        (data_url(PNG + b"x" * MAX_LOGO_BYTES), "at most 700 kB"),
        (None, "address or a picture"),
    ],
)
def test_what_is_no_logo(logo: Any, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        read_logo(logo)


def test_groups() -> None:
    groups = read_groups(
        [
            {"name": "A", "monitorList": [{"id": 1, "sendUrl": True, "name": "x"}, {"id": 2, "url": "u"}]},
            {"id": 7, "name": "B", "monitorList": []},
        ]
    )
    assert [(group.id, group.name) for group in groups] == [(None, "A"), (7, "B")]
    assert groups[0].members == (Member(1, True, None), Member(2, False, "u"))


@pytest.mark.parametrize(
    "groups",
    [
        None,
        {},
        [None],
        [{"name": "a"}],
        [{"name": None, "monitorList": []}],
        [{"name": "a", "monitorList": [5]}],
        [{"name": "a", "monitorList": [{"id": "one"}]}],
        [{"name": "a", "monitorList": [{"id": 1.5}]}],
        [{"name": "a", "monitorList": [{"id": True}]}],
        [{"name": "a", "monitorList": [{"id": 1 << 63}]}],
        [{"name": "a", "monitorList": [{"id": 1, "url": []}]}],
        [{"name": "a", "id": "1 OR 1", "monitorList": []}],
    ],
)
def test_what_are_no_groups(groups: Any) -> None:
    with pytest.raises(UserError):
        read_groups(groups)


@pytest.mark.parametrize("sent", [None, 0, "", False, 0.0])
def test_an_id_that_counts_as_none_is_that_of_a_new_group(sent: Any) -> None:
    assert read_groups([{"id": sent, "name": "A", "monitorList": []}])[0].id is None


@pytest.mark.parametrize("sent", [7, "7", 7.0, "7.0"])
def test_numbers_may_be_texts(sent: Any) -> None:
    (group,) = read_groups([{"id": sent, "name": 5, "monitorList": [{"id": sent, "sendUrl": "0", "url": 5}]}])
    assert (group.id, group.name, group.members) == (7, "5", (Member(7, False, "5"),))
