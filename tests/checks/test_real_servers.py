"""Types that were built on stand-ins, against the real servers: nginx, dnsmasq, RabbitMQ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.checks import monitor_types
from kuma_lite.core.declarations import CheckResult, MonitorType
from kuma_lite.net.network import Network
from tests.checks.support import Context, failure, run
from tests.net.authority import Authority
from tests.peers import dnsmasq, nginx, rabbitmq
from tests.requires import needs_program


def kind_of(name: str) -> MonitorType[Any]:
    kind = monitor_types().get(name)
    assert isinstance(kind, MonitorType)
    return kind


@needs_program(dnsmasq.PROGRAM)
async def test_dnsmasq(network: Network, tmp_path: Path) -> None:
    dns = kind_of("dns")
    async with dnsmasq.running(tmp_path) as port:
        server = {"dns_resolve_server": "127.0.0.1", "port": port}
        for record, name, message in (
            ("A", "www.shop.test", "Records: 192.0.2.10"),
            ("AAAA", "www.shop.test", "Records: 2001:db8::10"),
            ("CNAME", "shop.shop.test", "www.shop.test"),
            ("MX", "shop.test", "Hostname: mail.shop.test - Priority: 10"),
            ("TXT", "shop.test", "Records: v=spf1 -all"),
            ("SRV", "_sip._udp.shop.test", "Name: sip.shop.test | Port: 5060 | Priority: 5 | Weight: 7"),
            ("CAA", "shop.test", "Records: ca.test"),
            ("PTR", "192.0.2.10", "Records: www.shop.test"),
        ):
            document = {**server, "dns_resolve_type": record, "hostname": name}
            result = await run(dns, document, Context(network))
            assert isinstance(result, CheckResult)
            assert result.message == message, record
        failed = await failure(dns, {**server, "hostname": "none.shop.test"}, Context(network))
        assert failed.message == "queryA ENOTFOUND none.shop.test"
        failed = await failure(dns, {**server, "hostname": "elsewhere.example"}, Context(network))
        assert failed.message == "queryA EREFUSED elsewhere.example"


@needs_program(nginx.PROGRAM)
async def test_nginx(network: Network, authority: Authority, tmp_path: Path) -> None:
    http, keyword, query = (kind_of(name) for name in ("http", "keyword", "json-query"))
    async with nginx.running(tmp_path) as ports:
        base, secure = f"http://127.0.0.1:{ports.http}", f"https://localhost:{ports.https}"
        for document, message in (
            ({"url": f"{base}/old"}, "200 - OK"),
            ({"url": f"{base}/closed", "headers": json.dumps({"Authorization": nginx.basic()})}, "200 - OK"),
            (
                {
                    "url": f"{base}/closed",
                    "authMethod": "basic",
                    "basic_auth_user": nginx.USER,
                    "basic_auth_pass": nginx.PASSWORD,
                },
                "200 - OK",
            ),
            ({"url": f"{secure}/", "ignoreTls": True}, "200 - OK"),
        ):
            result = await run(http, document, Context(network))
            assert isinstance(result, CheckResult)
            assert result.message == message
        packed = {"url": f"{base}/gzip", "keyword": "packed words"}
        result = await run(keyword, packed, Context(network))
        assert isinstance(result, CheckResult)
        assert result.message == "200 - OK, keyword is found"
        apples = {"url": f"{base}/json", "jsonPath": "stock.apples", "expectedValue": "3"}
        result = await run(query, {**apples, "jsonPathOperator": "=="}, Context(network))
        assert isinstance(result, CheckResult)
        assert result.numbers == {"value": 3}
        for path, message in (("/gone", 410), ("/closed", 401), ("/nothing", 404)):
            failed = await failure(http, {"url": base + path}, Context(network))
            assert failed.message == f"Request failed with status code {message}"
        failed = await failure(http, {"url": f"{secure}/"}, Context(network))
        assert failed.message == "self-signed certificate"


@pytest.mark.timeout(120)
@needs_program(rabbitmq.PROGRAM)
async def test_rabbitmq(network: Network, tmp_path: Path) -> None:
    kind = kind_of("rabbitmq")
    async with rabbitmq.running(tmp_path) as port:
        document = {
            "rabbitmqNodes": [f"http://127.0.0.1:{port}"],
            "rabbitmqUsername": rabbitmq.USER,
            "rabbitmqPassword": rabbitmq.PASSWORD,
        }
        result = await run(kind, document, Context(network))
        assert isinstance(result, CheckResult)
        assert result.message == "Node is reachable and there are no alerts in the cluster"
        failed = await failure(kind, {**document, "rabbitmqPassword": "wrong"}, Context(network))
        assert failed.message == "All 1 nodes failed because Node 1: Request failed with status code 401"
