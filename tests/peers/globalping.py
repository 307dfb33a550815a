"""A stand-in for Globalping's API that answers every order with one result, after it was asked for twice."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.checks.peers import Answer, Asked, Web, web_server
from tests.peers.support import keep

NUMBER = "nzGzfAGL7sZfUs3c"
PROBE = {
    "continent": "NA", "region": "Northern America", "country": "US", "state": "VA", "city": "Ashburn",
    "asn": 14618, "network": "Amazon.com", "tags": ["datacenter-network", "aws-us-east-1"],
}  # fmt: skip
PLACE = "Ashburn (VA), US, NA, Amazon.com (AS14618), (aws-us-east-1) : "
PING = {
    "status": "finished",
    "rawOutput": "PING 1.1.1.1: 2 packets transmitted, 2 received",
    "timings": [{"ttl": 56, "rtt": 1.2}, {"ttl": 56, "rtt": 1.4}],
    "stats": {"min": 1.2, "max": 1.4, "avg": 1.3, "total": 2, "loss": 0, "rcv": 2, "drop": 0},
}


@dataclass
class Api:
    """The API; `refusals` are given first, one to each order."""

    web: Web
    result: dict[str, Any]
    refusals: list[Answer] = field(default_factory=list)
    fetched: int = 0

    @property
    def url(self) -> str:
        return self.web.url("")

    @property
    def orders(self) -> list[dict[str, Any]]:
        """What was asked for."""
        return [json.loads(asked.body) for asked in self.web.asked if asked.method == "POST"]

    def create(self, asked: Asked) -> Answer:
        if self.refusals:
            return self.refusals.pop(0)
        return Answer("202 Accepted", json.dumps({"id": NUMBER, "probesCount": 1}).encode())

    def fetch(self, asked: Asked) -> Answer:
        self.fetched += 1
        status = "finished" if self.fetched > 1 else "in-progress"
        results = [{"probe": PROBE, "result": self.result}]
        return Answer(body=json.dumps({"id": NUMBER, "status": status, "results": results}).encode())


@asynccontextmanager
async def api(result: dict[str, Any], *refusals: Answer) -> AsyncIterator[Api]:
    async with web_server({}) as web:
        found = Api(web, result, list(refusals))
        web.answers["/v1/measurements"] = found.create
        web.answers[f"/v1/measurements/{NUMBER}"] = found.fetch
        yield found


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[str]:
    del folder
    async with api(PING) as found:
        yield found.url


if __name__ == "__main__":
    keep(running)
