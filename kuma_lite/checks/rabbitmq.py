"""RabbitMQ: one node at least answers, and knows of no alarm in its cluster."""

from __future__ import annotations

from contextlib import suppress
from time import perf_counter
from typing import Any, Final

from pydantic import field_validator

from kuma_lite.checks._network import is_maybe_ours, network_of
from kuma_lite.checks._shared_options import timeout_option
from kuma_lite.core import wire_values
from kuma_lite.core.declarations import CheckContext, CheckFailed, CheckResult, Kind, MonitorType
from kuma_lite.core.json_text import JsonTextError, parse_json
from kuma_lite.core.options import Options, option
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http.message import BODY_GRACE, Request, Response
from kuma_lite.net.network import USER_AGENT

_PATH: Final = "/api/health/checks/alarms/"
_UNAVAILABLE: Final = 503  # with the alarm in the body
_MAX_REASON_CHARS: Final = 500
_DEADLINE_SLACK_S: Final = 20.0


class RabbitMqOptions(Options):
    """The nodes of one cluster. Keys are Uptime Kuma 2.5's."""

    nodes: tuple[str, ...] = option(
        (),
        alias="rabbitmqNodes",
        label="Nodes",
        kind=Kind.LIST,
        required=True,
        placeholder="https://node1.rabbitmq.example:15672",
        help="Addresses of the management interface; the next one is asked when one fails.",
    )
    username: str = option(
        "", alias="rabbitmqUsername", label="User name", kind=Kind.TEXT, section="authentication"
    )
    password: str = option(
        "",
        alias="rabbitmqPassword",
        label="Password",
        kind=Kind.PASSWORD,
        section="authentication",
        secret=True,
    )
    timeout: float = timeout_option("For each node.", form_default=48)

    @field_validator("nodes", mode="before")
    @classmethod
    def _decoded(cls, value: Any) -> Any:
        """Clients write a list, its JSON text, or a single address."""
        if isinstance(value, str):
            with suppress(JsonTextError):
                value = parse_json(value or "[]") or ()
        return wire_values.listed(value)


class RabbitMqMonitor(MonitorType[RabbitMqOptions]):
    """Asks the nodes in their order until one is well."""

    name = "rabbitmq"
    label = "RabbitMQ"
    description = "Asks the management interface of RabbitMQ nodes for alarms."
    group = "specific"
    options = RabbitMqOptions

    def deadline(self, options: RabbitMqOptions, context: CheckContext) -> float:
        """All nodes, one after the other."""
        return max(1, len(options.nodes)) * (context.timeout + BODY_GRACE) + _DEADLINE_SLACK_S

    async def check(self, options: RabbitMqOptions, context: CheckContext) -> CheckResult:
        """The ping is the time until a node was well, in whole ms."""
        nodes = options.nodes
        if not nodes:
            raise CheckFailed("No RabbitMQ nodes configured")
        begun = perf_counter()
        problems: list[str] = []
        local = False
        for number, node in enumerate(nodes, 1):
            try:
                problem = _problem(await _ask(node, options, context))
            except NetworkError as error:
                problem = error.message
                local = local or is_maybe_ours(error)
            if problem is None:
                which = "Node" if len(nodes) == 1 else f"One of the {len(nodes)} nodes"
                message = f"{which} is reachable and there are no alerts in the cluster"
                return CheckResult(message, ping=round((perf_counter() - begun) * 1000))
            problems.append(f"Node {number}: {problem}")
        raise CheckFailed(f"All {len(nodes)} nodes failed because {'; '.join(problems)}", local=local)


async def _ask(node: str, options: RabbitMqOptions, context: CheckContext) -> Response:
    return await network_of(context).http.send(
        Request(
            "GET",
            node.strip().rstrip("/") + _PATH,
            headers=[("Accept", "application/json"), ("User-Agent", USER_AGENT)],
            timeout=context.timeout,
            auth=(options.username, options.password),
        )
    )


def _problem(response: Response) -> str | None:
    """Why a node is not well, in the words of Uptime Kuma 2.5; None when it is."""
    if 200 <= response.status < 300:
        return None
    if response.status == _UNAVAILABLE:
        try:
            body = parse_json(response.text)
        except JsonTextError:
            body = None
        reason = body.get("reason") if isinstance(body, dict) else None
        if isinstance(reason, str) and reason:
            return reason[:_MAX_REASON_CHARS]
    return f"Request failed with status code {response.status}"
