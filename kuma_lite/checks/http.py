"""HTTP(s): the address answers with an accepted status."""

from __future__ import annotations

from kuma_lite.checks._http_family import HttpFamilyMonitor, Judgement, status_line
from kuma_lite.checks._http_options import HttpOptions
from kuma_lite.core.declarations import Bare, Notation
from kuma_lite.core.notations import USER_PARTS
from kuma_lite.net.http import Response

_WITH_USER = {"authMethod": "basic"}


class HttpMonitor(HttpFamilyMonitor[HttpOptions]):
    """An accepted status is all that is asked for."""

    name = "http"
    label = "HTTP(s)"
    description = "Asks for a web address and looks at the status of the answer."
    options = HttpOptions
    notations = (
        Notation("https", ports=(443, 8443), bare=(Bare.DOMAIN,), parts=USER_PARTS, with_user=_WITH_USER),
        Notation(
            "http",
            ports=(80, 8080, 8000, 3000),
            bare=(Bare.ADDRESS, Bare.LABEL),
            rank=1,
            parts=USER_PARTS,
            with_user=_WITH_USER,
        ),
    )

    async def judge(self, options: HttpOptions, response: Response) -> Judgement:
        """Nothing more to ask."""
        del options
        return Judgement(True, status_line(response))
