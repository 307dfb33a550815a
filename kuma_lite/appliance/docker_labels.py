"""Labels of containers become monitors as configuration files do: the Docker host is the file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

from kuma_lite.appliance.ground import Ground
from kuma_lite.checks import monitor_types
from kuma_lite.config_files.model import Unfit, Wish
from kuma_lite.config_files.service import ConfigFiles
from kuma_lite.core.access import Actor
from kuma_lite.core.resources import Resources
from kuma_lite.docker_hosts.labels import TAG_COLOUR, Labelled
from kuma_lite.docker_hosts.model import DockerHost
from kuma_lite.docker_hosts.service import DockerHosts
from kuma_lite.docker_hosts.watching import HostWatch, LabelWatch
from kuma_lite.health.kinds import HICCUP_S
from kuma_lite.health.model import Kind, Problem

LABELS: Final = Kind(
    "docker-labels",
    "Docker labels",
    public="Labels of containers cannot be followed.",
    meaning="What they describe is watched as it was before, or not at all.",
    over="The labels of all containers can be followed again.",
    tell_after=HICCUP_S,
    is_note=True,
)
_AGAIN: Final = 20  # rounds in which one more thing is left out
_HOST_SAYS: Final = "The labels of containers on Docker host {host} cannot be followed: {reason}."
_LABEL_SAYS: Final = "Labels of the container {container} on Docker host {host} do not fit: {reason}."


class DockerLabels:
    """Follows all hosts.

    Args:
        ground: clock and network.
        hosts: which there are.
        files: plans, makes, removes, and knows whose things are.
        resources: what is there.
        owner: whose the monitors become; None while nobody has set up an account.
    """

    def __init__(
        self,
        ground: Ground,
        hosts: DockerHosts,
        files: ConfigFiles,
        resources: Resources,
        owner: Callable[[], Awaitable[Actor | None]],
    ) -> None:
        self._files = files
        self._resources = resources
        self._owner = owner
        self._watch = LabelWatch(
            hosts,
            lambda host: HostWatch(host, hosts, ground.network.http, ground.clock, self, _knows),
        )
        hosts.changed.append(self._watch.sync)

    async def start(self) -> None:
        """Follow those where it is switched on."""
        await self._watch.sync()

    async def stop(self) -> None:
        """Follow none."""
        await self._watch.stop()

    def problems(self) -> Iterable[Problem]:
        """A source of `health`."""
        for number, (host, problems) in self._watch.problems().items():
            for container, reason in problems.items():
                arguments = {"host": host.name or str(number), "container": container, "reason": reason}
                says = _LABEL_SAYS if container else _HOST_SAYS
                yield Problem(LABELS, says, arguments, item=f"{number} {container}".strip())

    def made(self, host: DockerHost) -> frozenset[str]:
        """Ids of what was made for a host."""
        start = _key(host, "")
        keys = self._files.keys_of("monitor", file_of(host))
        return frozenset(key.removeprefix(start) for key in keys if key.startswith(start))

    async def fulfil(self, host: DockerHost, wanted: Labelled, kept: frozenset[str]) -> str:
        """Make the monitors of a host be these; what does not fit is left out, and the others are made."""
        actor = await self._owner()
        if actor is None:
            return ""
        file = file_of(host)
        tags = await self._own_tags(actor, file, wanted)
        for _ in range(_AGAIN):
            staying = {_key(host, key) for key in {*kept, *wanted.faulty}}
            wish = Wish(
                file,
                {"tags": tags, "monitors": _documents(host, wanted)},
                prune=True,
                kept=frozenset(("monitors", key) for key in staying),
            )
            try:
                await self._files.apply(actor, wish)
                return ""
            except Unfit as unfit:
                if not (found := _refused(host, wanted, unfit)):
                    return "; ".join(problem.sentence.rstrip(".") for problem in unfit.problems)
                for key, sentence in found.items():
                    wanted.refuse(key, f"{key}: {sentence.rstrip('.')}")
        return ""

    async def _own_tags(self, actor: Actor, file: str, wanted: Labelled) -> dict[str, dict[str, Any]]:
        """Tags that the labels make: those that they name, and that nobody else has made."""
        resource = self._resources["tag"]
        others = {
            resource.title(tag)
            for tag in await resource.list(actor)
            if self._files.file_of("tag", resource.identify(tag)) != file
        }
        named = {
            str(tag["tag"])
            for document in wanted.monitors.values()
            for tag in document.get("tags") or ()
            if isinstance(tag, Mapping) and tag.get("tag")
        }
        found = {name: wanted.tags.get(name, {"color": TAG_COLOUR}) for name in named | wanted.tags.keys()}
        return {name: document for name, document in found.items() if name not in others}


def file_of(host: DockerHost) -> str:
    """By which the things of a host are its, whatever it is called."""
    return f"Docker host {host.id}"


def _key(host: DockerHost, key: str) -> str:
    """No monitor that people made is called so."""
    return f"docker:{host.id}/{key}"


def _documents(host: DockerHost, wanted: Labelled) -> dict[str, dict[str, Any]]:
    """With the keys of things in place of their ids."""
    found = {}
    for key, document in wanted.monitors.items():
        parent = document.get("parent")
        if parent in wanted.monitors:
            document = {**document, "parent": _key(host, str(parent))}
        found[_key(host, key)] = document
    return found


def _refused(host: DockerHost, wanted: Labelled, unfit: Unfit) -> dict[str, str]:
    """Id → why it was refused."""
    ids = {_key(host, key): key for key in wanted.monitors}
    return {
        ids[problem.key]: problem.sentence
        for problem in unfit.problems
        if problem.kind == "monitors" and problem.key in ids
    }


def _knows(name: str) -> bool:
    return monitor_types().get(name) is not None
