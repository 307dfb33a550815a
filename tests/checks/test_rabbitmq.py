from __future__ import annotations

import json
from typing import Any

import pytest

from kuma_lite.checks.rabbitmq import RabbitMqMonitor
from kuma_lite.core.declarations import CheckResult
from kuma_lite.core.errors import UserError
from kuma_lite.net.network import Network
from tests.checks.peers import Answer, web_server
from tests.checks.support import Context, failure, run
from tests.support.ports import closed_port

RABBITMQ = RabbitMqMonitor()
PATH = "/api/health/checks/alarms/"
WELL = "is reachable and there are no alerts in the cluster"


def document(*nodes: str, **options: Any) -> dict[str, Any]:
    return {"rabbitmqNodes": list(nodes), **options}


async def test_a_node_without_alarms_is_up(network: Network) -> None:
    async with web_server({PATH: Answer(body=b'{"status":"ok"}')}) as web:
        asked = document(web.url("/"), rabbitmqUsername="u", rabbitmqPassword="p:q")
        result = await run(RABBITMQ, asked, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == f"Node {WELL}"
    assert isinstance(result.ping, int)
    assert web.asked[0].header("Authorization") == "Basic dTpwOnE="


async def test_the_path_of_a_node_is_kept(network: Network) -> None:
    async with web_server({"/rabbit" + PATH: Answer()}) as web:
        result = await run(RABBITMQ, document(web.url("/rabbit")), Context(network))
    assert isinstance(result, CheckResult)


async def test_one_node_of_several_is_enough(network: Network) -> None:
    async with web_server({PATH: Answer()}) as web:
        nodes = document(f"http://127.0.0.1:{closed_port()}", web.url(""))
        result = await run(RABBITMQ, nodes, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == f"One of the 2 nodes {WELL}"


ALARM = json.dumps({"status": "failed", "reason": "resource alarm(s) in effect"}).encode()


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answer("503 Service Unavailable", ALARM), "resource alarm(s) in effect"),
        (Answer("503 Service Unavailable", b"no JSON"), "Request failed with status code 503"),
        (Answer("503 Service Unavailable", b"[]"), "Request failed with status code 503"),
        (Answer("401 Unauthorized", ALARM), "Request failed with status code 401"),
    ],
)
async def test_what_is_wrong_with_a_node_is_told(network: Network, answer: Answer, problem: str) -> None:
    async with web_server({PATH: answer}) as web:
        failed = await failure(RABBITMQ, document(web.url("")), Context(network))
    assert failed.message == f"All 1 nodes failed because Node 1: {problem}"


async def test_every_nodes_problem_is_told(network: Network) -> None:
    port = closed_port()
    async with web_server({PATH: Answer(delay=10)}) as web:
        nodes = document(f"http://127.0.0.1:{port}", web.url(""), "nonsense")
        failed = await failure(RABBITMQ, nodes, Context(network, timeout=1))
    assert failed.message == (
        f"All 3 nodes failed because Node 1: connect ECONNREFUSED 127.0.0.1:{port}; "
        "Node 2: timeout of 1000ms exceeded; Node 3: Invalid URL"
    )
    assert failed.local


@pytest.mark.parametrize("nodes", [None, [], "", "[]", "null"])
async def test_no_nodes(network: Network, nodes: Any) -> None:
    failed = await failure(RABBITMQ, {"rabbitmqNodes": nodes}, Context(network))
    assert failed.message == "No RabbitMQ nodes configured"


def test_nodes_may_come_as_text() -> None:
    options = RABBITMQ.options.read({"rabbitmqNodes": '["http://a", "http://b"]'})
    assert options.nodes == ("http://a", "http://b")
    assert RABBITMQ.deadline(options, Context(timeout=10)) > 2 * 20


@pytest.mark.parametrize("nodes", ["http://a", '"http://a"', ["http://a"]])
def test_one_node_stands_for_a_list(nodes: Any) -> None:
    assert RABBITMQ.options.read({"rabbitmqNodes": nodes}).nodes == ("http://a",)


@pytest.mark.parametrize("nodes", [{"a": 1}, '{"a": 1}', [None]])
def test_nodes_that_are_no_list_are_refused(nodes: Any) -> None:
    with pytest.raises(UserError):
        RABBITMQ.options.read({"rabbitmqNodes": nodes})
