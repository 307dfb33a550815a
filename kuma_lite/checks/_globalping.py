"""Globalping's API (https://globalping.io/docs/api.globalping.io): one measurement by one probe."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from time import perf_counter
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.declarations import CannotCheck
from kuma_lite.core.json_text import JsonTextError, compact_json, parse_json
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import HttpClient, Request, Response
from kuma_lite.net.network import USER_AGENT

API: Final = "https://api.globalping.io"
POLL_S: Final = 0.5  # as the documentation of the API asks for
REQUEST_TIMEOUT_S: Final = 30.0  # for one request; that of Globalping's own client
_CREATED: Final = 202
_OK: Final = 200
_SERVER_ERROR: Final = 500
_TOO_MANY: Final = 429
_MAX_ANSWER_BYTES: Final = 1024 * 1024  # a page is cut after 10 kB by the API itself
_CREDITS: Final = "https://dash.globalping.io?view=add-credits"
_WITH_TOKEN: Final = "Get higher limits by sponsoring us or hosting probes. Learn more at"  # noqa: S105 - words
_WITHOUT: Final = "Get higher limits by creating an account. Sign up at"

Json = Mapping[str, Any]


class Measured(Struct, frozen=True):
    """What a probe has found."""

    probe: Json
    result: Json

    def says(self, text: str) -> str:
        """`Ashburn (VA), US, NA, Amazon.com (AS14618), (aws-us-east-1) : text`."""
        return f"{_place(self.probe)} : {text}"

    @property
    def raw(self) -> str:
        """The output of the probe's program."""
        return str(self.result.get("rawOutput") or "")

    def timing(self, name: str) -> float | None:
        """One of the times in ms, where there is one."""
        timings = self.result.get("timings")
        value = timings.get(name) if isinstance(timings, Mapping) else None
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


class Globalping:
    """Asks the API. Whatever goes wrong there says nothing about a target: it raises CannotCheck.

    Args:
        token: of an account; "" for none.
        timeout: seconds for the whole measurement.
    """

    def __init__(self, http: HttpClient, base_url: str, token: str, *, timeout: float, poll: float) -> None:
        self._http = http
        self._url = f"{base_url}/v1/measurements"
        self._token = token
        self._timeout = timeout
        self._poll = poll

    async def measure(self, wanted: Json) -> Measured:
        """Order a measurement and wait for its result."""
        until = perf_counter() + self._timeout
        number = await self._create(wanted)
        while True:
            found = await self._fetch(number)
            if found.get("status") != "in-progress":
                return _measured(found, number)
            if perf_counter() + self._poll > until:
                raise CannotCheck(f"Failed to fetch measurement ({number}): no result in {self._timeout:g} s")
            await asyncio.sleep(self._poll)

    async def _create(self, wanted: Json) -> str:
        body = compact_json({"type": wanted["type"], **wanted}).encode("utf-8", "replace")
        for attempt in (1, 2):
            response = await self._send("POST", self._url, body, "Failed to create measurement: ")
            if response.status != _SERVER_ERROR or attempt == 2:
                break
        answer = _object(response)
        number = answer.get("id")
        if response.status == _CREATED and isinstance(number, str) and number.isalnum():
            return number
        raise CannotCheck(f"Failed to create measurement: {self._problem(response, answer)}")

    async def _fetch(self, number: str) -> Json:
        prefix = f"Failed to fetch measurement ({number}): "
        response = await self._send("GET", f"{self._url}/{number}", None, prefix)
        answer = _object(response)
        if response.status == _OK and answer:
            return answer
        raise CannotCheck(prefix + self._problem(response, answer))

    async def _send(self, method: str, url: str, body: bytes | None, prefix: str) -> Response:
        headers = [("Accept", "application/json"), ("User-Agent", USER_AGENT)]
        if body is not None:
            headers.append(("Content-Type", "application/json"))
        if self._token:
            headers.append(("Authorization", f"Bearer {self._token}"))
        timeout = min(self._timeout, REQUEST_TIMEOUT_S)
        request = Request(
            method,
            url,
            headers=headers,
            body=body,
            timeout=timeout,
            total_timeout=timeout + 1,
            max_redirects=0,
            body_limit=_MAX_ANSWER_BYTES,
        )
        try:
            return await self._http.send(request)
        except NetworkError as error:
            raise CannotCheck(prefix + error.message) from None

    def _problem(self, response: Response, answer: Json) -> str:
        """What the API says of an order that it refuses, in the words of Uptime Kuma 2.5."""
        if response.status == _TOO_MANY:
            advice = _WITH_TOKEN if self._token else _WITHOUT
            return f"You have run out of credits. {advice} {_CREDITS}."
        error = answer.get("error")
        if not isinstance(error, Mapping):
            return f"Request failed with status code {response.status}"
        text = f"{error.get('type')} {error.get('message')}."
        params = error.get("params")
        for key, value in params.items() if isinstance(params, Mapping) else ():
            text += f"\n{key}: {value}"
        return text


def _object(response: Response) -> Json:
    try:
        value = parse_json(response.text)
    except JsonTextError:
        return {}
    return value if isinstance(value, Mapping) else {}


def _measured(found: Json, number: str) -> Measured:
    """The one result. Raises CannotCheck where there is none."""
    results = found.get("results")
    first = results[0] if isinstance(results, list) and results else None
    if isinstance(first, Mapping):
        probe, result = first.get("probe"), first.get("result")
        if isinstance(probe, Mapping) and isinstance(result, Mapping):
            measured = Measured(probe, result)
            if result.get("status") == "offline":  # the probe went away, before it asked anybody
                raise CannotCheck(measured.says(f"Failed: {measured.raw}"))
            return measured
    raise CannotCheck(f"Failed to fetch measurement ({number}): the answer has no result")


def _place(probe: Json) -> str:
    """City, country, continent and network of a probe, with the first tag that ends in a digit (a region)."""
    tags = probe.get("tags")
    known = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    region = next((tag for tag in known if tag[-1:].isdigit()), "")
    state = f" ({probe['state']})" if probe.get("state") else ""
    return (
        f"{probe.get('city')}{state}, {probe.get('country')}, {probe.get('continent')}, "
        f"{probe.get('network')} (AS{probe.get('asn')})" + (f", ({region})" if region else "")
    )
