"""Prometheus and what answers its queries (Thanos, Mimir, VictoriaMetrics): a value is as expected.

Uptime Kuma has no such type; the fields of its monitors are used as their names say.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from time import perf_counter
from typing import Any, Final
from urllib.parse import urlencode

from kuma_lite.checks._auth_options import password_option, user_option
from kuma_lite.checks._http_request import ACCEPT, Prepared, Wanted, prepare
from kuma_lite.checks._json_query import VALUE, number_in
from kuma_lite.checks._network import NO_PROXY, failed, network_of, seen
from kuma_lite.checks._shared_options import (
    expiry_notification_option,
    ignore_tls_option,
    proxy_option,
    timeout_option,
)
from kuma_lite.core.declarations import (
    RESPONSE_TIME,
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Choice,
    Kind,
    MonitorType,
    ShownWhen,
)
from kuma_lite.core.json_text import JsonTextError, parse_json
from kuma_lite.core.options import Options, option
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import Request, Response
from kuma_lite.net.network import NoProxy

_JSON: Final = ("Accept", "application/json")
_PATH: Final = "/api/v1/query"
_LONG_CHARS: Final = 2000  # of a query; longer ones do not fit into every proxy's idea of an address
_BAD_QUERY: Final = "bad_data"  # the query itself cannot be read
_SHOWN_CHARS: Final = 500  # of what the server says is wrong

_BY_NUMBER: Final[dict[str, Callable[[float, float], bool]]] = {
    "==": lambda value, expected: value == expected,
    "!=": lambda value, expected: value != expected,
    ">": lambda value, expected: value > expected,
    ">=": lambda value, expected: value >= expected,
    "<": lambda value, expected: value < expected,
    "<=": lambda value, expected: value <= expected,
}
_BY_TEXT: Final[dict[str, Callable[[str, str], bool]]] = {
    "==": lambda value, expected: value == expected,
    "!=": lambda value, expected: value != expected,
    "contains": lambda value, expected: expected in value,
}
_WORDS: Final = {
    "==": "equals",
    "!=": "differs from",
    ">": "is greater than",
    ">=": "is at least",
    "<": "is less than",
    "<=": "is at most",
    "contains": "contains",
}


class PrometheusOptions(Options):
    """Which server, what it is asked, and what is expected."""

    url: str = option(
        "",
        label="URL",
        kind=Kind.URL,
        required=True,
        placeholder="https://prometheus.example.org",
        help="Where the server is, with the path before /api/v1/query if there is one.",
    )
    query: str = option(
        "",
        alias="databaseQuery",
        label="Query",
        kind=Kind.TEXTAREA,
        required=True,
        placeholder='sum(up{job="api"})',
        help="A PromQL expression that yields a single value.",
    )
    operator: str = option(
        "==",
        alias="jsonPathOperator",
        label="Condition",
        kind=Kind.SELECT,
        choices=tuple(Choice(operator, words) for operator, words in _WORDS.items()),
    )
    expected: str = option(
        "",
        alias="expectedValue",
        label="Expected value",
        kind=Kind.TEXT,
        help="Compared as a number where it is one. Leave empty where any value will do.",
    )
    auth_method: str | None = option(
        None,
        alias="authMethod",
        label="Authentication",
        kind=Kind.SELECT,
        section="authentication",
        choices=(
            Choice(None, "None"),
            Choice("basic", "User name and password (Basic)"),
            Choice("bearer", "Bearer token"),
        ),
    )
    basic_user: str = user_option("basic")
    basic_pass: str = password_option("basic")
    bearer_token: str = option(
        "",
        label="Token",
        kind=Kind.PASSWORD,
        section="authentication",
        secret=True,
        shown_when=ShownWhen("authMethod", ("bearer",)),
    )
    headers: str = option(
        "",
        label="Headers",
        kind=Kind.JSON,
        section="advanced",
        placeholder='{"X-Scope-OrgID": "tenant"}',
        help="A JSON object of names and values.",
    )
    ignore_tls: bool = ignore_tls_option()
    expiry_notification: bool = expiry_notification_option()
    timeout: float = timeout_option("For the answer.", form_default=48)
    proxy_id: int | None = proxy_option()

    @cached_property
    def prepared(self) -> Prepared:
        """The headers of every question."""
        return prepare(
            Wanted(
                headers=self.headers,
                auth_method=self.auth_method or "",
                basic=(self.basic_user, self.basic_pass),
                bearer_token=self.bearer_token,
            )
        )


class PrometheusMonitor(MonitorType[PrometheusOptions]):
    """Asks for the value of an expression at this moment."""

    name = "prometheus"
    label = "Prometheus query"
    description = "Asks a Prometheus server for the value of a query and compares it."
    group = "specific"
    options = PrometheusOptions
    numbers = (RESPONSE_TIME, VALUE)
    in_type_list = False

    async def check(self, options: PrometheusOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of the answer in whole ms."""
        if options.prepared.problem is not None:
            raise CannotCheck(options.prepared.problem)
        if not options.query.strip():
            raise CannotCheck("No query is set.")
        if options.operator not in _WORDS:
            raise CannotCheck(f"Unknown condition: {options.operator}")
        begun = perf_counter()
        response = await _ask(options, context)
        ping = round((perf_counter() - begun) * 1000)
        certificate = seen(response.certificate, for_url=True)
        try:
            value = value_in(_data(response))
            met = not options.expected or holds(value, options.operator, options.expected.strip())
        except CheckFailed as problem:
            raise CheckFailed(problem.message, ping=ping, certificate=certificate) from None
        text = f"comparing {value} {options.operator} {options.expected}" if options.expected else value
        if not met:
            raise CheckFailed(f"Query does not pass ({text})", ping=ping, certificate=certificate)
        return CheckResult(
            f"Query passes ({text})", ping=ping, certificate=certificate, numbers=number_in(value)
        )


async def _ask(options: PrometheusOptions, context: CheckContext) -> Response:
    network = network_of(context)
    try:
        request = _request(options, context.timeout)
        request.proxy = network.proxy_for(options.proxy_id)
        return await network.http.send(request)
    except NoProxy:
        raise CannotCheck(NO_PROXY) from None
    except NetworkError as error:
        raise failed(error) from None


def _request(options: PrometheusOptions, timeout: float) -> Request:
    url = options.url.strip().rstrip("/")
    address = url if url.endswith(_PATH) else url + _PATH
    form = urlencode({"query": options.query.strip()})
    headers = [_JSON if header == ("Accept", ACCEPT) else header for header in options.prepared.headers]
    long = len(form) > _LONG_CHARS
    if long:
        headers.append(("Content-Type", "application/x-www-form-urlencoded"))
    return Request(
        "POST" if long else "GET",
        address if long else f"{address}?{form}",
        headers=headers,
        body=form.encode() if long else None,
        timeout=timeout,
        verify=not options.ignore_tls,
    )


def _data(response: Response) -> dict[str, Any]:
    """What the server found. Raises CheckFailed with its own words, CannotCheck for a query that is none."""
    try:
        answer = parse_json(response.text)
    except JsonTextError:
        answer = None
    if isinstance(answer, dict) and answer.get("status") == "error":
        words = str(answer.get("error"))[:_SHOWN_CHARS]
        if answer.get("errorType") == _BAD_QUERY:
            raise CannotCheck(f"The query cannot be read: {words}")
        raise CheckFailed(f"Query failed ({answer.get('errorType')}): {words}")
    if not 200 <= response.status < 300:
        raise CheckFailed(f"Request failed with status code {response.status}")
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        raise CheckFailed("The answer is not one of Prometheus")
    return data


def value_in(data: dict[str, Any]) -> str:
    """The single value of a result, as it was sent. Raises CheckFailed where there are several, or none."""
    kind, result = data.get("resultType"), data.get("result")
    if kind == "matrix":
        raise CheckFailed(
            "The query yields ranges of values. Take the range in [ ] away, or aggregate over it"
        )
    if kind in ("scalar", "string"):
        return _sample(result)
    if kind != "vector" or not isinstance(result, list):
        raise CheckFailed(f"The query yields a result of the unknown type {str(kind)[:50]}")
    if not result:
        raise CheckFailed("The query yields no value: no series matches it")
    if len(result) > 1:
        raise CheckFailed(
            f"The query yields {len(result)} values, but one is needed. Aggregate them, as with sum()"
        )
    first = result[0]
    if isinstance(first, dict) and "histogram" in first:
        raise CheckFailed(
            "The query yields a histogram. Take a value out of it, as with histogram_quantile()"
        )
    return _sample(first.get("value") if isinstance(first, dict) else None)


def _sample(sample: Any) -> str:
    """The value of `[time, value]`."""
    if isinstance(sample, list) and len(sample) == 2 and isinstance(sample[1], str):
        return sample[1]
    raise CheckFailed("The answer is not one of Prometheus")


def holds(value: str, operator: str, expected: str) -> bool:
    """Whether `value operator expected` holds, as numbers where both are some.

    NaN equals nothing, and is neither less nor greater. Raises CannotCheck where numbers are needed and the
    expected value is none, CheckFailed where the value is none.
    """
    numbers = _number(value), _number(expected)
    if operator in _BY_NUMBER and numbers[0] is not None and numbers[1] is not None:
        return _BY_NUMBER[operator](numbers[0], numbers[1])
    if operator in _BY_TEXT:
        return _BY_TEXT[operator](value, expected)
    if numbers[1] is None:
        raise CannotCheck(f"The expected value is no number: {expected}")
    raise CheckFailed(f"The value is no number: {value[:_SHOWN_CHARS]}")


def _number(text: str) -> float | None:
    try:
        return float(text) if "_" not in text else None
    except ValueError:
        return None
