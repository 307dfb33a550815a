from __future__ import annotations

import json
from time import thread_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuma_lite.core.declarations import DeliveryFailed, Message
from kuma_lite.notifications.templates import render
from tests.notifications.samples import DOWN, EXPIRY, TEST, UP

ALL = (
    "{{ name }}|{{ status }}|{{ msg }}|{{ hostnameOrURL }}|{{ monitorJSON.type }}|"
    "{{ heartbeatJSON.status }}|{{ NAME }}|{{ STATUS }}|{{ HOSTNAME_OR_URL }}"
)


def test_variables_of_a_beat() -> None:
    assert render(ALL, DOWN) == (
        "service|🔴 Down|[service] [🔴 Down] Request failed with status code 503|http://127.0.0.1:1/flip/n|"
        "http|0|service|🔴 Down|http://127.0.0.1:1/flip/n"
    )
    assert render("{{ status }}", UP) == "✅ Up"


def test_variables_without_a_monitor() -> None:
    assert render(ALL, TEST) == (
        "Monitor Name not available|⚠️ Test|My Alert Testing|testing.hostname|||"
        "Monitor Name not available|⚠️ Test|testing.hostname"
    )
    assert render("{{ status }}", EXPIRY) == "⚠️ Test"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ nothing }}[{{ monitorJSON.nothing.deeper }}]", "[]"),
        ("{{ msg | nofilter: 1, x: 2 }}", 'a "q"\n<b>'),
        ("{{ msg }}", 'a "q"\n<b>'),
        ("{{ msg | json }}", '"a \\"q\\"\\n<b>"'),
        ("{{ msg | jsonify }}", '"a \\"q\\"\\n<b>"'),
        ("{{ msg | escape }}", "a &#34;q&#34;\n&lt;b&gt;"),
        ("{{ nothing | json }}", "null"),
        ("{{ monitorJSON }}", '{"interval":60,"tags":[{"name":"x"}]}'),
        ("{{ monitorJSON | json: 1 }}", '{\n "interval": 60,\n "tags": [\n  {\n   "name": "x"\n  }\n ]\n}'),
        ("{{ monitorJSON.interval }}", "60"),
        ("{{ 7 | divided_by: 2 }} {{ 6 | divided_by: 2 }} {{ 5.0 | plus: 1 }}", "3.5 3 6"),
        ("{{ 7 | divided_by: 2, true }}", "3"),
        ("{{ '12.7' | to_integer }}", "12.7"),
        ("{{ 1 | divided_by: 0 }}", "Infinity"),
        ("{{ 'a b&c' | cgi_escape }} {{ 'a b/c?d=e' | uri_escape }}", "a+b%26c a%20b/c?d=e"),
        ("{{ 'Web Server #1' | slugify }}", "web-server-1"),
        ("{{ 'a  b' | normalize_whitespace }} {{ 'a  b c' | number_of_words }}", "a b 3"),
        ("{{ 'a,b,c' | split: ',' | array_to_sentence_string }}", "a, b, and c"),
        ("{{ 'a,b' | split: ',' | array_to_sentence_string: 'or' }}", "a or b"),
        ("{{ '<a b=\"c\">' | xml_escape }}", "&lt;a b=&#34;c&#34;&gt;"),
        ("{{ 'x' | sha256 }}", "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"),
        ("{{ 'x' | hmac_sha256: 'k' | size }}", "64"),
        ("{{ '2026-11-22 01:42:03.926' | date: '%H:%M' }}", "01:42"),
        ("{{ '2026-11-22 01:42:03' | date_to_xmlschema }}", "2026-11-22T01:42:03+00:00"),
        ("{{ '2026-11-22 01:42:03' | date_to_rfc822 }}", "Sun, 22 Nov 2026 01:42:03 +0000"),
        ("{{ 0 | date_to_string }} {{ 0 | date_to_long_string }}", "01 Jan 1970 01 January 1970"),
        ("{{ 'never' | date_to_string }}", "never"),
        ("{{ 'a,b' | split: ',' | push: 'c' | join }}", "a b c"),
        ("{{ 'a,b' | split: ',' | unshift: 'c' | pop | shift | join }}", "a"),
        ("{% assign g = monitorJSON.tags | group_by: 'name' %}{{ g[0].name }}{{ g[0].items.size }}", "x1"),
        ("{{ 'x' | raw }}{{ true }}{% if status contains 'Test' %}T{% endif %}", "xtrueT"),
        ("{% for t in monitorJSON.tags %}{{ t.name }}{% endfor %}", "x"),
    ],
)
def test_rendering(template: str, text: str) -> None:
    message = Message('a "q"\n<b>', {"interval": 60.0, "tags": [{"name": "x"}]})
    assert render(template, message) == text


HOSTILE = [
    "{% include '/etc/passwd' %}",
    "{% render '/etc/passwd' %}",
    "{% if %}",
    "{{ msg ",
    "{% unknown %}",
    "{% for i in (1..100000000000) %}x{% endfor %}",
    "{% for i in (1..70) %}{% for j in (1..70) %}{% assign a = i | times: j %}{% endfor %}{% endfor %}" * 100,
    "{% for i in (1..5000) %}{% endfor %}" * 1000,
    "{% for i in (1..4000) %}{{ msg }}{% endfor %}",
    "{% capture x %}{% for i in (1..4000) %}{{ msg }}{% endfor %}{% endcapture %}",
    "{% assign s = msg %}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}",
    "{{ '[' }}{{ a" + "[a" * 3000 + "]" * 3000 + " }}",
    "{{ 'now' | date: '%999999999N' }}",
    "{% assign s = 'a,b' | split: ',' %}{% for i in (1..40) %}{% assign s = s | concat: s %}{% endfor %}",
    "{% assign s = msg | split: ',' %}{% for i in (1..9) %}{% assign s = s | concat: s %}{% endfor %}{{ s }}",
    "{{ (1..1000000000) | join: ',' }}",
    "{{ (1..1000000000) | sort }}",
    "{{ (1..1000000000) | json }}",
    "{{ (1..2000) | join: msg }}",
    "{{ msg | replace: 'x', msg }}",
    "{% if true %}" * 200 + "{% endif %}" * 200,
    "x" * 60_000,
]


@pytest.mark.parametrize("template", HOSTILE)
def test_a_hostile_template_fails_soon_and_for_good(template: str) -> None:
    render("{{ msg }}", TEST)  # the engine is loaded
    started = thread_time()  # of ours alone: other programs may keep us waiting
    with pytest.raises(DeliveryFailed) as failed:
        render(template, Message("x" * 9000))
    assert failed.value.permanent
    assert "template" in failed.value.message
    assert thread_time() - started < 2


def test_hostile_values_do_not_hold_up_anybody() -> None:
    started = thread_time()  # of ours alone: other programs may keep us waiting
    for text in ("<!" * 10_000, "<a " * 6_000 + ">", "&" * 20_000, "%99999999d" * 2000):
        for template in ("{{ msg | strip_html }}", "{{ msg | escape_once }}", "{{ 'now' | date: msg }}"):
            try:
                render(template, Message(text))
            except DeliveryFailed as failed:
                assert failed.permanent
    assert thread_time() - started < 5


@pytest.mark.parametrize("path", ["msg.__class__", "monitorJSON.__class__", "monitorJSON.items", "now.year"])
def test_nothing_of_python_shows(path: str) -> None:
    assert render("{{ " + path + " }}", DOWN) == ""


@given(st.text(alphabet="{}%| abif1.,:'\"[]()forendmsg\n-", max_size=60))
@settings(max_examples=300)
def test_any_template_renders_or_fails_for_good(template: str) -> None:
    try:
        assert isinstance(render(template, DOWN), str)
    except DeliveryFailed as failed:
        assert failed.permanent


@given(st.text())
def test_json_filter_carries_any_text(text: str) -> None:
    assert json.loads(render('{"text": {{ msg | json }}}', Message(text))) == {"text": text}


@given(st.text())
def test_values_are_never_read_as_templates(text: str) -> None:
    monitor: dict[str, Any] = {"name": text, "type": "http"}
    assert render("{{ msg }}{{ name }}", Message(text, monitor)) == text * 2
