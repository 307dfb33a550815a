"""The other end of HTTP: keeps every request as it would be written, and answers what was answered then."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any

from kuma_lite.net.errors import ErrorKind, NetworkError, timeout_error
from kuma_lite.net.http import Headers, Request, Response, Timings
from kuma_lite.net.http.redirects import Hop, is_redirect, next_hop
from kuma_lite.net.http.request_bytes import authorise, check_headers, check_method
from kuma_lite.net.http.url import parse_url

# The first failure that an error text names, and its code.
_FAILURE = re.compile(r"(?:AggregateError \(code=\w+\) - caused by: )?(.+?) \(code=(\w+)\)")


class RecordedHttp:
    """Stands for the HTTP client. It reads requests as the client does, up to the connection.

    Args:
        requests: what was recorded, with the answers.
        error: what the original said at last; tells how a connection failed.
    """

    def __init__(self, requests: list[dict[str, Any]], error: str) -> None:
        self.got: list[tuple[Hop, Request]] = []
        self._recorded = [request for request in requests if "url" in request]
        self._error = error

    async def send(self, request: Request) -> Response:
        """The recorded answer. Raises NetworkError."""
        method = check_method(request.method)
        check_headers(request.headers)
        url = parse_url(request.url)
        hop = Hop(method, url, tuple(authorise(request.headers, url, request.auth)), request.body)
        for _ in range(request.max_redirects + 1):
            self.got.append((hop, request))
            response = self._answer(hop)
            if not is_redirect(response.status, response.headers) or request.max_redirects == 0:
                break
            hop = next_hop(hop, response.status, response.headers.get("location") or "")
        return response

    def _answer(self, hop: Hop) -> Response:
        place = len(self.got) - 1
        recorded = self._recorded[place] if place < len(self._recorded) else {"answer": {"status": 200}}
        answer = recorded.get("answer")
        if answer is None:
            raise self._failure(recorded)
        headers = []
        if 300 <= answer["status"] < 400 and place + 1 < len(self._recorded):
            headers.append(("Location", self._recorded[place + 1]["url"]))
        body = json.dumps(answer["json"]) if "json" in answer else answer.get("text", "")
        reason, there = HTTPStatus(answer["status"]).phrase, str(hop.url)
        fields = Headers(headers)
        return Response(
            answer["status"], reason, fields, body.encode(), False, there, Timings(), None, "1.1", ""
        )

    def _failure(self, recorded: dict[str, Any]) -> NetworkError:
        """How the connection failed, in the words of the recorded error."""
        found = _FAILURE.match(self._error)
        if found is None:  # the failure was not told: a look-up that may fail
            return NetworkError("connect ECONNREFUSED 127.0.0.1:1", "ECONNREFUSED", ErrorKind.REFUSED)
        if found[2] == "ECONNABORTED":
            return timeout_error(300_000)
        kind = ErrorKind.DNS if found[2] == "ENOTFOUND" else ErrorKind.REFUSED
        return NetworkError(found[1], found[2], kind)
