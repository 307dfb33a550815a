"""The two services there are, whatever manages them: the server and the agent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

SERVER: Final = "kuma-lite"
AGENT: Final = "kuma-lite-agent"
URL_VARIABLE: Final = "KUMA_LITE_AGENT_URL"
TOKEN_VARIABLE: Final = "KUMA_LITE_AGENT_TOKEN"  # noqa: S105 - the name of a variable


@dataclass(frozen=True)
class Service:
    """What is to be run.

    Args:
        name: of the service.
        program: absolute path; for a Python package its command.
        arguments: of the program, with the command first.
        secrets: variables that only root (or the user whose service it is) may read.
        user: who it runs as; "" for nobody in particular.
        data: folder it may write to; "" for the one that its manager gives it.
        docker: whether it may ask Docker; whoever may is as good as root.
    """

    name: str
    program: str
    arguments: Sequence[str]
    secrets: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    data: str = ""
    docker: bool = False


def agent_service(
    program: str, url: str, token: str, arguments: Sequence[str] = (), *, docker: bool = False
) -> Service:
    """The agent that reports to a server.

    Args:
        program: absolute path.
        url: of the server.
        token: of a project.
        arguments: of the agent, beside address and token.
        docker: whether it may ask Docker for containers.
    """
    secrets = {URL_VARIABLE: url, TOKEN_VARIABLE: token}
    return Service(AGENT, program, ["agent", *arguments], secrets, docker=docker)
