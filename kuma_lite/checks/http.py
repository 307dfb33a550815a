"""HTTP(s): the address answers with an accepted status."""

from __future__ import annotations

from kuma_lite.checks._http_family import HttpFamilyMonitor, Judgement, status_line
from kuma_lite.checks._http_options import HttpOptions
from kuma_lite.net.http import Response


class HttpMonitor(HttpFamilyMonitor[HttpOptions]):
    """An accepted status is all that is asked for."""

    name = "http"
    label = "HTTP(s)"
    description = "Asks for a web address and looks at the status of the answer."
    options = HttpOptions

    async def judge(self, options: HttpOptions, response: Response) -> Judgement:
        """Nothing more to ask."""
        del options
        return Judgement(True, status_line(response))
