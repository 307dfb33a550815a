"""A registry: IANA's list with one server in it, and that server, which knows some domains (RFC 9083)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.checks.peers import Answer, Asked, Web, web_server
from tests.peers.support import keep


@dataclass
class Registry:
    """Domain → the day its registration ends; what it was asked."""

    web: Web
    domains: dict[str, str | None] = field(default_factory=dict)
    tlds: tuple[str, ...] = ("com", "net", "org", "uk")
    instead: Answer | None = None  # of every answer about a domain
    bootstrap: Answer | None = None  # instead of IANA's list

    @property
    def bootstrap_url(self) -> str:
        return self.web.url("/dns.json")

    @property
    def asked(self) -> list[str]:
        return [each.target for each in self.web.asked if each.target != "/dns.json"]

    @property
    def bootstraps(self) -> int:
        return len(self.web.asked) - len(self.asked)

    def list_of_servers(self, asked: Asked) -> Answer:
        del asked
        services = [[["nowhere"], []], [list(self.tlds), [self.web.url("/rdap")]]]
        document = {"publication": "2026-01-01T00:00:00Z", "services": services}
        return self.bootstrap or Answer(body=json.dumps(document).encode())

    def domain(self, name: str) -> Callable[[Asked], Answer]:
        def answer(asked: Asked) -> Answer:
            del asked
            if self.instead is not None:
                return self.instead
            end = self.domains[name]
            events = [{"eventAction": "registration", "eventDate": "2001-01-01T00:00:00Z"}]
            if end is not None:
                events.append({"eventAction": "expiration", "eventDate": end})
            document = {"objectClassName": "domain", "ldhName": name, "events": events}
            return Answer(body=json.dumps(document).encode())

        return answer

    def knows(self, name: str, end: str | None) -> None:
        self.domains[name] = end
        self.web.answers[f"/rdap/domain/{name}"] = self.domain(name)


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Registry]:
    """The registry."""
    del folder
    async with web_server({}) as web:
        registry = Registry(web)
        web.answers["/dns.json"] = registry.list_of_servers
        registry.knows("example.com", "2030-01-01T00:00:00Z")
        yield registry


if __name__ == "__main__":
    keep(running)
