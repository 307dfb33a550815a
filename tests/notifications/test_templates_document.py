"""`docs/templates.md` names every variable and filter, with what the engine makes of an example."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kuma_lite.core.declarations import Message
from kuma_lite.notifications.details import detailed, details_of
from kuma_lite.notifications.liquid.filters import FILTERS
from kuma_lite.notifications.liquid.running import MAX_LOOPS, MAX_OUTPUT_CHARS, MAX_RENDER_S
from kuma_lite.notifications.liquid.template import MAX_TEMPLATE_CHARS
from kuma_lite.notifications.preview import SHOP, Setting, samples
from kuma_lite.notifications.services.support.variables import OLD_NAMES, VARIABLES
from kuma_lite.notifications.templates import render

DOCUMENT = Path(__file__).parent.parent.parent / "docs/templates.md"
SETTING: Final = Setting(SHOP, "https://kuma.example", "Europe/Berlin", 1_767_323_045_678)

TAGS: Final = "monitorJSON.tags"
WORDS: Final = "'b,a,b' | split: ','"
# Filter → an example.
EXAMPLES: Final[dict[str, str]] = {
    "append": "'a' | append: 'b'",
    "array_to_sentence_string": f"{WORDS} | array_to_sentence_string",
    "capitalize": "'shop' | capitalize",
    "downcase": "'SHOP' | downcase",
    "lstrip": "'  a' | lstrip",
    "newline_to_br": "details | truncate: 60 | newline_to_br",
    "normalize_whitespace": "'a   b' | normalize_whitespace",
    "number_of_words": "'a b c' | number_of_words",
    "prepend": "'b' | prepend: 'a'",
    "remove": "'a-b-c' | remove: '-'",
    "remove_first": "'a-b-c' | remove_first: '-'",
    "remove_last": "'a-b-c' | remove_last: '-'",
    "replace": "'a-b-c' | replace: '-', '+'",
    "replace_first": "'a-b-c' | replace_first: '-', '+'",
    "replace_last": "'a-b-c' | replace_last: '-', '+'",
    "rstrip": "'a  ' | rstrip",
    "size": "'shop' | size",
    "split": f"{WORDS} | join: '/'",
    "squish": "' a   b ' | squish",
    "strip": "' a ' | strip",
    "strip_newlines": "details | truncate: 60 | strip_newlines",
    "truncate": "reason | truncate: 14",
    "truncatewords": "reason | truncatewords: 2",
    "upcase": "'shop' | upcase",
    "base64_decode": "'c2hvcA==' | base64_decode",
    "base64_encode": "'shop' | base64_encode",
    "cgi_escape": "'a b&c' | cgi_escape",
    "default": "expires | default: 'never'",
    "escape": "'<a>' | escape",
    "escape_once": "'&lt;a>' | escape_once",
    "hmac_sha256": "'a' | hmac_sha256: 'key' | truncate: 12",
    "inspect": f"{TAGS}[0].name | inspect",
    "json": "msg | json",
    "jsonify": "name | jsonify",
    "raw": "name | raw",
    "sha256": "'a' | sha256 | truncate: 12",
    "slugify": "'Web Shop #1' | slugify",
    "strip_html": "'<b>a</b>' | strip_html",
    "to_integer": "'12.7' | to_integer",
    "uri_escape": "'a b' | uri_escape",
    "url_decode": "'a%20b' | url_decode",
    "url_encode": "'a b&c' | url_encode",
    "xml_escape": "'<a>' | xml_escape",
    "abs": "-5 | abs",
    "at_least": "3 | at_least: 5",
    "at_most": "7 | at_most: 5",
    "ceil": "1.2 | ceil",
    "divided_by": "7 | divided_by: 2",
    "floor": "1.8 | floor",
    "minus": "5 | minus: 2",
    "modulo": "7 | modulo: 3",
    "plus": "5 | plus: 2",
    "round": "1.25 | round: 1",
    "times": "5 | times: 2",
    "compact": f"{WORDS} | compact | size",
    "concat": f"{TAGS} | concat: {TAGS} | size",
    "first": f"{WORDS} | first",
    "join": f"{WORDS} | join: ' + '",
    "last": f"{WORDS} | last",
    "map": f"{TAGS} | map: 'name' | join",
    "pop": f"{WORDS} | pop | join",
    "push": f"{WORDS} | push: 'c' | join",
    "reverse": "monitorJSON.path | reverse | join: ' < '",
    "sample": "'a' | split: ',' | sample",
    "shift": f"{WORDS} | shift | join",
    "slice": "'shop' | slice: 1, 2",
    "sort": f"{WORDS} | sort | join",
    "sort_natural": "'b,A' | split: ',' | sort_natural | join",
    "sum": f"{TAGS} | map: 'size' | compact | sum",
    "uniq": f"{WORDS} | uniq | join",
    "unshift": f"{WORDS} | unshift: 'c' | join",
    "find": f"{TAGS} | find: 'name', 'team' | json",
    "find_exp": f"{TAGS} | find_exp: 't', 't.value == \"web\"' | json",
    "find_index": f"{TAGS} | find_index: 'name', 'team'",
    "find_index_exp": f"{TAGS} | find_index_exp: 't', 't.name == \"team\"'",
    "group_by": f"{TAGS} | group_by: 'name' | map: 'name' | join",
    "group_by_exp": f"{TAGS} | group_by_exp: 't', 't.name' | map: 'name' | join",
    "has": f"{TAGS} | has: 'name', 'team'",
    "has_exp": f"{TAGS} | has_exp: 't', 't.name == \"team\"'",
    "reject": f"{TAGS} | reject: 'name', 'team' | size",
    "reject_exp": f"{TAGS} | reject_exp: 't', 't.name == \"team\"' | size",
    "where": f"{TAGS} | where: 'name', 'team' | map: 'value' | join",
    "where_exp": f"{TAGS} | where_exp: 't', 't.name == \"team\"' | size",
    "date": "heartbeatJSON.time | date: '%H:%M on %A'",
    "date_to_long_string": "heartbeatJSON.time | date_to_long_string",
    "date_to_rfc822": "heartbeatJSON.time | date_to_rfc822",
    "date_to_string": "heartbeatJSON.time | date_to_string",
    "date_to_xmlschema": "heartbeatJSON.time | date_to_xmlschema",
}


INTRODUCTION: Final = """\
# Words of notifications

Made by `python -m tests.notifications.test_templates_document` from what is declared.

Each notification has a **message style**, the option `messageStyle`:

- **As Uptime Kuma** (`""`, the default): the texts of Uptime Kuma 2.5, which filters know.
- **Detailed** (`detailed`): the same text, and a line each for since when, for how long, address, group, tags
  and a link.
- **Template** (`template`): what the Liquid template in `messageTemplate` makes of it. Services with
  templates of their own do not have it; their templates go before the style.

The text goes wherever a service shows text: as the message, and as the reason in cards. Titles stay, and so
does what incidents are known by. A service with a limit cuts it there. A template that fails, or whose text
the service refuses, costs no alert: the usual text is sent, with a note of what is wrong.

## Detailed
"""

ABOUT_VARIABLES: Final = """
## Variables

As they are for an example, a shop that goes down and comes back.

| variable | what it is | down | up |
| --- | --- | --- | --- |"""

ABOUT_FILTERS: Final = """
## Filters

The language is that of LiquidJS 10 (https://liquidjs.com), with its tags but for those that read files. Times
are told in the zone of the server.

| filter | example | gives |
| --- | --- | --- |"""

BOUNDS: Final = f"""
## Bounds

A template has at most {MAX_TEMPLATE_CHARS:,} characters, {MAX_LOOPS:,} rounds of loops,
{MAX_OUTPUT_CHARS:,} characters of output and {MAX_RENDER_S} seconds of a processor. The form of a
notification shows what comes of it, or line and column of what is wrong, and so does
`POST /api/v1/notifications/preview`.
"""


def render_document() -> str:
    """Styles, variables, filters and bounds."""
    old = ", ".join(f"`{name}`" for name in OLD_NAMES)
    filters = [
        f"| `{name}` | {_code(f'{{{{ {words} }}}}')} | {_code(_made(words))} |"
        for name, words in sorted(EXAMPLES.items())
    ]
    return "\n".join(
        [
            INTRODUCTION,
            "\n\n".join(_details()),
            ABOUT_VARIABLES,
            *_variables(),
            f"\nOlder spellings of Uptime Kuma: {old}.",
            ABOUT_FILTERS,
            *filters,
            BOUNDS,
        ]
    )


def _details() -> list[str]:
    told = [details_of(found, SETTING.base_url, SETTING.zone) for found in samples("Phone", SETTING).values()]
    return [f"```\n{detailed(found)}\n```" for found in told]


def _variables() -> list[str]:
    found = samples("Phone", SETTING)
    rows = []
    for name, meaning in VARIABLES.items():
        shown = [_variable(name, found[kind]) for kind in ("down", "up")]
        rows.append(f"| `{name}` | {meaning} | {' | '.join(shown)} |")
    return rows


def _variable(name: str, message: Message) -> str:
    if name.endswith("JSON"):
        return "an object"
    if name == "details":
        return "see above"
    return _code(_made(name, message))


def _made(words: str, message: Message | None = None) -> str:
    told = message or samples("Phone", SETTING)["down"]
    return render(f"{{{{ {words} }}}}", told, base_url=SETTING.base_url, zone=SETTING.zone)


def _code(text: str) -> str:
    shown = text.replace("\n", "↵").replace("|", "\\|")
    return f"`{shown}`" if shown else ""


def test_every_filter_has_an_example_that_uses_it() -> None:
    assert set(EXAMPLES) == set(FILTERS)
    assert all(f"| {name}" in words or name == "split" for name, words in EXAMPLES.items())


def test_the_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text() == render_document()


if __name__ == "__main__":
    DOCUMENT.write_text(render_document())
