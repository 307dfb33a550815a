"""What our own page asks about tokens, projects, incidents and the agent (docs/page-protocol.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from kuma_lite.core.access import Right
from kuma_lite.core.clock import MILLISECONDS, Clock, to_ms
from kuma_lite.core.doors import PAGE, Answer, Caller, Event, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.core.scopes import asked
from kuma_lite.projects.documents import project_wire, token_wire
from kuma_lite.projects.tokens import PROJECT
from kuma_lite.rest.errors import NotFound
from kuma_lite.servers.alerting.documents import incident_wire
from kuma_lite.servers.page.links import find_server
from kuma_lite.servers.service import Servers

MAX_INCIDENTS: Final = 200  # in one answer
MAX_TOKEN_DAYS: Final = 36_500
_DAY_MS: Final = 86_400 * MILLISECONDS
_INSTALL: Final = (
    ("run", "kuma-lite agent --url {url} --token {token}"),
    ("install", "sudo kuma-lite agent --install --url {url} --token {token}"),
    # It sees the machine's processes, network, name and identity, and no file of it. The token is not an
    # argument, which everybody may read; the check of the image asks for a server.
    (
        "container",
        "docker run -d --name kuma-lite-agent --restart unless-stopped --network host --pid host --uts host"
        " -v /etc/machine-id:/etc/machine-id:ro -v /etc/os-release:/etc/os-release:ro"
        " -v kuma-lite-agent:/data --no-healthcheck"
        " -e KUMA_LITE_AGENT_URL={url} -e KUMA_LITE_AGENT_TOKEN={token} kuma-lite agent --spool /data/spool",
    ),
)


class KeyPage:
    """Tokens, projects, incidents, and how an agent is installed.

    Args:
        servers: whose they are.
        clock: for expiry.
        base_url: where agents reach this server; "" when nobody said.
    """

    def __init__(self, servers: Servers, clock: Clock, base_url: Callable[[], str]) -> None:
        self._servers = servers
        self._clock = clock
        self._base_url = base_url

    def events(self) -> list[Event]:
        """The page's questions and orders."""
        return [
            _event("tokens", self.tokens, Right.TOKENS_VIEW),
            _event("addToken", self.add_token, Right.TOKENS_EDIT, 1),
            _event("revokeToken", self.revoke_token, Right.TOKENS_EDIT, 1),
            _event("projects", self.projects, Right.TOKENS_VIEW),
            _event("addProject", self.add_project, Right.TOKENS_EDIT, 1),
            _event("deleteProject", self.delete_project, Right.TOKENS_EDIT, 1),
            _event("serverIncidents", self.incidents, Right.INCIDENTS_VIEW, 1),
            _event("acknowledgeIncident", self.acknowledge, Right.INCIDENTS_RESPOND, 1),
            _event("snoozeIncident", self.snooze, Right.INCIDENTS_RESPOND, 2),
            _event("agentInstall", self.agent_install, Right.TOKENS_VIEW, 1),
        ]

    # --- tokens and projects -----------------------------------------------------------------------------

    async def tokens(self, caller: Caller) -> Answer:
        """All tokens by their prefix, the newest first."""
        projects = self._servers.projects
        found = await projects.list_tokens(actor_of(caller).organisation)
        return {"ok": True, "tokens": [token_wire(projects, token) for token in found]}

    async def add_token(self, caller: Caller, wishes: Any) -> Answer:
        """Make a token; the answer shows it, once."""
        found = wishes if isinstance(wishes, dict) else {}
        days = found.get("expiresInDays")
        if days is not None and (type(days) is not int or not 1 <= days <= MAX_TOKEN_DAYS):
            raise UserError("The days until a token expires must be a whole number from 1.")
        projects = self._servers.projects
        actor = actor_of(caller)
        token, secret = await projects.add_token(
            found.get("name"),
            project=projects.find(actor, found.get("project")),
            kind=found.get("kind") or PROJECT,
            user_id=actor.user_id,
            expires=None if days is None else to_ms(self._clock.now()) + days * _DAY_MS,
            grant=await asked(found, actor, projects.limits),
        )
        return {"ok": True, "token": token_wire(projects, token), "secret": secret}

    async def revoke_token(self, caller: Caller, key: Any) -> Answer:
        """Revoke a token."""
        await self._servers.projects.revoke(actor_of(caller).organisation, key)
        return {"ok": True, "msg": "successDeleted", "msgi18n": True}

    async def projects(self, caller: Caller) -> Answer:
        """All projects, the first one first."""
        found = self._servers.projects.of(actor_of(caller).organisation)
        return {"ok": True, "projects": [project_wire(project) for project in found]}

    async def add_project(self, caller: Caller, name: Any) -> Answer:
        """A new project."""
        project = await self._servers.projects.add(actor_of(caller), name)
        return {"ok": True, "project": project_wire(project)}

    async def delete_project(self, caller: Caller, key: Any) -> Answer:
        """Remove a project without servers, with its tokens."""
        projects = self._servers.projects
        await projects.remove(projects.find(actor_of(caller), str(key)))
        return {"ok": True, "msg": "successDeleted", "msgi18n": True}

    # --- incidents ---------------------------------------------------------------------------------------

    async def incidents(self, caller: Caller, wishes: Any) -> Answer:
        """A part of the incidents of all servers, or of one."""
        found = wishes if isinstance(wishes, dict) else {}
        offset, count = _number(found.get("offset"), 0, 10**9), _number(found.get("count"), 25, MAX_INCIDENTS)
        status = found.get("status")
        if status not in (None, "ongoing", "resolved"):
            raise UserError("The status is ongoing or resolved.")
        key = found.get("server")
        actor = actor_of(caller)
        if key is None:
            servers = self._servers.of_organisation(actor.organisation)
        else:
            servers = [find_server(self._servers, actor, key, Right.INCIDENTS_VIEW)]
        incidents, total = await self._servers.incidents.page(servers, status, offset, count)
        rows = [incident_wire(self._servers, incident) for incident in incidents]
        return {"ok": True, "total": total, "incidents": rows}

    async def acknowledge(self, caller: Caller, key: Any) -> Answer:
        """Acknowledge an incident."""
        try:
            incident = await self._servers.incidents.acknowledge(
                actor_of(caller), key, actor_of(caller).username
            )
        except NotFound:
            raise UserError("The incident does not exist.") from None
        return {"ok": True, "incident": incident_wire(self._servers, incident)}

    async def snooze(self, caller: Caller, key: Any, minutes: Any) -> Answer:
        """Snooze it; 0 minutes end the snooze."""
        try:
            incident = await self._servers.incidents.snooze(actor_of(caller), key, minutes)
        except NotFound:
            raise UserError("The incident does not exist.") from None
        return {"ok": True, "incident": incident_wire(self._servers, incident)}

    # --- the agent ---------------------------------------------------------------------------------------

    async def agent_install(self, caller: Caller, address: Any) -> Answer:
        """The lines that install our agent, with `{token}` where the token goes.

        `address`: where the page itself was loaded from, used when no base URL is set.
        """
        del caller
        url = self._base_url() or (address if isinstance(address, str) else "")
        if not url.startswith(("http://", "https://")) or any(c in url for c in " '\"\\$`;|&<>\n"):
            raise UserError("The address of this server is expected.")
        words = {"url": url.rstrip("/"), "token": "{token}"}
        return {
            "ok": True,
            "url": words["url"],
            "lines": {key: text.format(**words) for key, text in _INSTALL},
        }


def _event(name: str, handler: Any, needs: Right, arguments: int = 0) -> Event:
    return Event(name, handler, arguments, namespaces=(PAGE,), needs=needs)


def _number(value: Any, default: int, most: int) -> int:
    return min(value, most) if type(value) is int and value >= 0 else default
