"""HTTP(s) with a keyword: the answer contains a text, or lacks it."""

from __future__ import annotations

import re
from typing import Final

from kuma_lite.checks._http_family import HttpFamilyMonitor, Judgement, status_line, without_spacing
from kuma_lite.checks._http_options import HttpOptions
from kuma_lite.checks._shared_options import invert_keyword_option
from kuma_lite.core.declarations import Kind
from kuma_lite.core.options import option
from kuma_lite.net.http import Response

_SHOWN_CHARS: Final = 50  # of the body in a failure; longer ones are cut to 47 and dots
_DOTS: Final = "..."
# Characters looked at for the excerpt: a page of markup holds fifty of text within these.
_EXCERPT_SOURCE_CHARS: Final = 10_000
_TAG_OR_SPACE: Final = re.compile(r"<[^>]*>?|[\n\r]|\s+")


class KeywordOptions(HttpOptions):
    """A request, and the text to look for."""

    keyword: str = option(
        "",
        label="Keyword",
        kind=Kind.TEXT,
        section="content",
        required=True,
        help="Upper and lower case matter. In JSON, spacing between values does not.",
    )
    invert_keyword: bool = invert_keyword_option()


class KeywordMonitor(HttpFamilyMonitor[KeywordOptions]):
    """Looks for a text in the answer."""

    name = "keyword"
    label = "HTTP(s) - Keyword"
    description = "Asks for a web address and looks for a text in the answer."
    options = KeywordOptions

    async def judge(self, options: KeywordOptions, response: Response) -> Judgement:
        """Whether the text is there, as it should or should not be."""
        found, shown = await _search(response, options.keyword)
        start = status_line(response)
        if found is not options.invert_keyword:
            return Judgement(True, f"{start}, keyword {'is' if found else 'not'} found")
        verb = "present in" if found else "not in"
        return Judgement(False, f"{start}, but keyword is {verb} [{excerpt(shown)}]")


async def _search(response: Response, keyword: str) -> tuple[bool, str]:
    """Whether the keyword is there, and the text in which it was looked for.

    Uptime Kuma 2.5 searches JSON without its spacing only. Who pasted a part of the page is right too.
    """
    likeliest: str | None = None
    for text in response.readings():
        if keyword in text:
            return True, text
        compact = await without_spacing(text)
        if keyword in compact:
            return True, compact
        likeliest = compact if likeliest is None else likeliest
    return False, likeliest or ""


def excerpt(text: str) -> str:
    """The beginning of a page without its markup."""
    plain = _TAG_OR_SPACE.sub(" ", text[:_EXCERPT_SOURCE_CHARS]).strip()
    return plain if len(plain) <= _SHOWN_CHARS else plain[: _SHOWN_CHARS - len(_DOTS)] + _DOTS
