"""Flow: several requests that hand values on: log in, take a token, call. A type of our own."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any, Final
from urllib.parse import urljoin

from kuma_lite.checks._flow_steps import Step, StepError, body_of, fill, read_steps
from kuma_lite.checks._http_request import ACCEPT
from kuma_lite.checks._json_query import VALUE, number_in
from kuma_lite.checks._jsonata import FUNCTION, UNDEFINED, QueryError, evaluate
from kuma_lite.checks._network import NO_PROXY, failed, network_of, seen
from kuma_lite.checks._shared_options import (
    expiry_notification_option,
    ignore_tls_option,
    proxy_option,
    timeout_option,
)
from kuma_lite.checks._status_codes import is_accepted
from kuma_lite.core.declarations import (
    CERTIFICATE_DAYS,
    RESPONSE_TIME,
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Kind,
    MonitorType,
)
from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import JsonTextError, parse_json, text_of
from kuma_lite.core.options import Options, option
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import Request, Response
from kuma_lite.net.http.cookies import CookieJar
from kuma_lite.net.http.url import parse_url
from kuma_lite.net.network import USER_AGENT, NoProxy

_EXAMPLE: Final = """[
  {"name": "log in", "url": "/login", "body": {"user": "me", "password": "…"}, "save": {"token": "token"}},
  {"name": "list", "url": "/items", "headers": {"Authorization": "Bearer {{token}}"}, "contains": "apple"}
]"""


class FlowOptions(Options):
    """Where the steps begin, and what they are."""

    url: str = option(
        "",
        label="URL",
        kind=Kind.URL,
        required=True,
        placeholder="https://shop.example.org",
        help="Addresses of steps are relative to it.",
    )
    steps: str = option(
        "",
        alias="body",
        label="Steps",
        kind=Kind.JSON,
        required=True,
        placeholder=_EXAMPLE,
        help="A list of requests: url, method, headers, body, status, contains, and save: names of values "
        "for later steps with the JSONata expressions that find them in the answer. Cookies are kept.",
    )
    timeout: float = timeout_option("For all steps together.", form_default=48)
    ignore_tls: bool = ignore_tls_option()
    expiry_notification: bool = expiry_notification_option()
    proxy_id: int | None = proxy_option()

    @classmethod
    def example(cls) -> Mapping[str, Any]:
        """Steps that can be read."""
        return {"steps": '[{"name": "log in", "url": "/login", "body": {"user": "me"}}, {"url": "/items"}]'}


class FlowMonitor(MonitorType[FlowOptions]):
    """Takes one step after the other; the first that fails is the failure."""

    name = "flow"
    label = "HTTP(s) - Flow"
    description = "Makes several requests that hand values on: log in, take a token, call."
    options = FlowOptions
    in_type_list = False
    numbers = (RESPONSE_TIME, CERTIFICATE_DAYS, VALUE)

    def validate(self, options: FlowOptions, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Steps that are there must be readable."""
        if options.steps.strip():
            try:
                read_steps(options.steps)
            except StepError as error:
                raise UserError("{reason}", reason=str(error), about="body") from None
        return super().validate(options, document)

    async def check(self, options: FlowOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of all steps in whole ms; the number `value` is what was saved last."""
        try:
            steps = read_steps(options.steps)
        except StepError as error:
            raise CannotCheck(str(error)) from None
        return await _Run(options, context).take(steps)


class _Run:
    """One run through the steps: what they have saved, cookies included."""

    def __init__(self, options: FlowOptions, context: CheckContext) -> None:
        self._options = options
        self._context = context
        self._network = network_of(context)
        self._jar = CookieJar()
        self._values: dict[str, str] = {}
        self._begun = perf_counter()

    def _took(self) -> float:
        return perf_counter() - self._begun

    async def take(self, steps: tuple[Step, ...]) -> CheckResult:
        """One after the other. Raises CheckFailed, CannotCheck."""
        response: Response | None = None
        for step in steps:
            response = await self._ask(step)
            problem = await self._judge(step, response)
            if problem is not None:
                certificate = seen(response.certificate, for_url=True)
                raise CheckFailed(f"{step.label}: {problem}", ping=self._ping(), certificate=certificate)
        assert response is not None
        last = next(reversed(self._values.values()), "")
        return CheckResult(
            f"{len(steps)} steps passed, the last with {response.status} - {response.reason}",
            ping=self._ping(),
            certificate=seen(response.certificate, for_url=True),
            numbers=number_in(last),
        )

    def _ping(self) -> int:
        return round(self._took() * 1000)

    async def _ask(self, step: Step) -> Response:
        left = self._context.timeout - self._took()
        if left <= 0:
            limit = f"timeout of {self._context.timeout * 1000:g}ms exceeded"
            raise CheckFailed(f"{step.label}: {limit}", local=True)
        address = urljoin(self._options.url.strip(), fill(step.url, self._values))
        body, content_type = body_of(step, self._values)
        headers = {"Accept": ACCEPT, "User-Agent": USER_AGENT}
        if content_type:
            headers["Content-Type"] = content_type
        headers |= dict(fill(step.headers, self._values))
        try:
            cookies = self._jar.header(parse_url(address))
            if cookies:
                headers.setdefault("Cookie", cookies)
            request = Request(
                step.method,
                address,
                headers=list(headers.items()),
                body=body,
                timeout=left,
                total_timeout=left,
                verify=not self._options.ignore_tls,
            )
            request.proxy = self._network.proxy_for(self._options.proxy_id)
            response = await self._network.http.send(request)
            fields = response.headers.get_all("set-cookie")
            self._jar.store(parse_url(response.url), fields, self._context.now + self._took())
        except NoProxy:
            raise CannotCheck(NO_PROXY) from None
        except NetworkError as error:
            raise failed(error, prefix=f"{step.label}: ") from None
        return response

    async def _judge(self, step: Step, response: Response) -> str | None:
        """What is wrong with an answer; None: nothing, and what it gives is saved."""
        if not is_accepted(response.status, step.status):
            return f"Request failed with status code {response.status}"
        wanted = fill(step.contains, self._values)
        if wanted and not any(wanted in text for text in response.readings()):
            return "The answer does not contain the expected text"
        if not step.save:
            return None
        try:
            document = parse_json(response.text)
        except JsonTextError:
            return "The answer is no JSON"
        for name, expression in step.save:
            try:
                found = await evaluate(expression, document)
            except QueryError as error:
                return f"{name}: {error}"
            if found is None or found is UNDEFINED or found is FUNCTION or isinstance(found, dict | list):
                return f"The answer has no value for {name}"
            self._values[name] = text_of(found)
        return None
