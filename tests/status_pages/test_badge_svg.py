from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.status_pages.badges.badge_svg import STYLES, Badge, render, text_width

SVG = "{http://www.w3.org/2000/svg}"


@given(
    st.builds(
        Badge,
        message=st.text(),
        label=st.text(),
        colour=st.none() | st.text(),
        label_colour=st.none() | st.text(),
        style=st.sampled_from(sorted(STYLES)),
    )
)
def test_whatever_it_says_it_is_a_picture_without_scripts(badge: Badge) -> None:
    root = ElementTree.fromstring(render(badge))
    assert root.tag == f"{SVG}svg"
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "linearGradient", "stop", "clipPath", "rect", "path", "g", "text"}
    assert not any(name.lower().startswith("on") for element in root.iter() for name in element.attrib)


@pytest.mark.parametrize(
    ("style", "height", "title", "gradient"),
    [
        ("flat", "20", "Status: Down", True),
        ("plastic", "18", "Status: Down", True),
        ("flat-square", "20", "Status: Down", False),
        ("for-the-badge", "28", "STATUS: DOWN", False),
        ("social", "20", "Status: Down", True),
    ],
)
def test_styles(style: str, height: str, title: str, gradient: bool) -> None:
    picture = render(Badge("Down", "Status", "red", style=style))
    root = ElementTree.fromstring(picture)
    assert (root.get("height"), root.findtext(f"{SVG}title")) == (height, title)
    assert ("linearGradient" in picture) is gradient
    assert title.split(": ") == list(dict.fromkeys(text.text or "" for text in root.iter(f"{SVG}text")))


def test_without_a_label_there_is_one_box() -> None:
    root = ElementTree.fromstring(render(Badge("N/A", style="flat-square")))
    assert len(list(root.iter(f"{SVG}rect"))) == 1


def test_bright_backgrounds_have_dark_letters() -> None:
    assert 'fill="#333"' in render(Badge("x", colour="white"))
    assert 'fill="#333"' not in render(Badge("x", colour="black"))


def test_widths() -> None:
    assert text_width("Up", 11) == pytest.approx(14.9, abs=0.1)
    assert text_width("漢", 11) == 11
    assert text_width("e\u0301", 11) == text_width("e", 11)
