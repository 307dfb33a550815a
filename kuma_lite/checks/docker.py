"""Docker: a container runs and is healthy, as its daemon says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from kuma_lite.checks._http_family import without_spacing
from kuma_lite.checks._network import failed, network_of
from kuma_lite.checks._saved_response import save_response
from kuma_lite.checks._shared_options import response_max_length_option, save_error_response_option
from kuma_lite.core.declarations import (
    CheckContext,
    CheckFailed,
    CheckResult,
    Kind,
    MonitorType,
    Notation,
    Status,
)
from kuma_lite.core.json_text import JsonTextError, parse_json
from kuma_lite.core.options import Options, option
from kuma_lite.net.errors import NetworkError

if TYPE_CHECKING:
    from kuma_lite.net.http import Response

SHARE_OF_INTERVAL: Final = 0.8  # the longest a daemon may take; as in Uptime Kuma 2.5
_NO_HOST: Final = "Failed to load docker host config"
_NO_STATE: Final = "Container state is not available"
_WITHOUT_HEALTH: Final = (
    "Container has not reported health and is currently {}. As it is running, it is considered UP. "
    "Consider adding a health check for better service visibility"
)
_MAX_STATE_CHARS: Final = 100  # they are single words


class DockerOptions(Options):
    """Which container of which daemon. Keys are Uptime Kuma 2.5's."""

    container: str = option(
        "", alias="docker_container", label="Container", kind=Kind.TEXT, required=True, help="Name or id."
    )
    host: int | None = option(
        None,
        alias="docker_host",
        label="Docker host",
        kind=Kind.REFERENCE,
        refers_to="docker_host",
        required=True,
        help="One of the Docker hosts in the settings.",
    )
    save_error_response: bool = save_error_response_option(when="When the daemon refuses the question.")
    response_max_length: int = response_max_length_option()


class DockerMonitor(MonitorType[DockerOptions]):
    """Asks a daemon for the state of a container."""

    name = "docker"
    label = "Docker container"
    description = "Asks a Docker daemon whether a container runs and is healthy."
    options = DockerOptions
    notations = (
        Notation(command="docker run", flag="--name", into="docker_container"),
        *(
            Notation(command=f"docker {verb}", into="docker_container")
            for verb in ("start", "restart", "logs", "inspect")
        ),
    )
    numbers = ()
    in_type_list = False

    async def check(self, options: DockerOptions, context: CheckContext) -> CheckResult:
        """Has no ping. A container that restarts or starts is pending, without having failed."""
        network = network_of(context)
        ask = network.find_docker_host(options.host) if options.host is not None else None
        if ask is None:
            raise CheckFailed(_NO_HOST)
        path = f"/containers/{quote(options.container.strip(), safe='')}/json"
        timeout = min(context.timeout, SHARE_OF_INTERVAL * context.interval)
        request = ask(path, timeout)
        request.total_timeout = None  # the body may take a little longer, as with all others
        try:
            response = await network.http.send(request)
        except NetworkError as error:
            raise failed(error, shared="docker_host") from None
        if not 200 <= response.status < 300:
            kept = await _kept(options, response) if options.save_error_response else None
            raise CheckFailed(f"Request failed with status code {response.status}", response=kept)
        return judge_state(_state(response.text))


async def _kept(options: DockerOptions, response: Response) -> str:
    return save_response(await without_spacing(response.text), max(0, options.response_max_length))


def _state(text: str) -> Mapping[str, Any]:
    """The state in what the daemon answered. Raises CheckFailed."""
    try:
        container = parse_json(text)
    except JsonTextError:
        container = None
    state = container.get("State") if isinstance(container, dict) else None
    if not isinstance(state, dict) or not state:
        raise CheckFailed(_NO_STATE)
    return state


def judge_state(state: Mapping[str, Any]) -> CheckResult:
    """What a container's state is worth, in the words of Uptime Kuma 2.5. Raises CheckFailed."""
    if state.get("Restarting"):
        return CheckResult("Container is reporting it is currently restarting", status=Status.PENDING)
    if state.get("Paused"):
        raise CheckFailed("Container is in a paused state")
    status = str(state.get("Status"))[:_MAX_STATE_CHARS]
    if not state.get("Running"):
        raise CheckFailed(f"Container State is {status}")
    health = state.get("Health")
    told = str(health.get("Status"))[:_MAX_STATE_CHARS] if isinstance(health, Mapping) else "none"
    if told == "none":
        return CheckResult(_WITHOUT_HEALTH.format(status))
    if told == "healthy":
        return CheckResult(told)
    if told == "unhealthy":
        raise CheckFailed("Container State is unhealthy according to its healthcheck")
    return CheckResult(told, status=Status.PENDING)
