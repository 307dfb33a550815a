"""The agent as a service of systemd."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

UNIT: Final = "etc/systemd/system/kuma-lite-agent.service"
ENVIRONMENT: Final = "etc/kuma-lite-agent.env"
URL_VARIABLE: Final = "KUMA_LITE_AGENT_URL"
TOKEN_VARIABLE: Final = "KUMA_LITE_AGENT_TOKEN"  # noqa: S105 - the name of a variable

_UNIT_TEXT: Final = """\
# Written by `kuma-lite agent --install`; its address and token are in /{environment}.
[Unit]
Description=Kuma Lite agent, reports how this host is doing
After=network-online.target
Wants=network-online.target

[Service]
ExecStart={command}
EnvironmentFile=/{environment}
Restart=always
RestartSec=30
DynamicUser=yes
StateDirectory=kuma-lite-agent
StateDirectoryMode=0700
UMask=0077
MemoryMax=64M
CPUQuota=20%
# The one-file program unpacks itself; where /tmp is memory, that would count as the agent's.
Environment=TMPDIR=/var/tmp

# It reads figures of the machine and talks to one server.
{groups}NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""

_PRIVATE_FOLDERS: Final = ("tmp", "var/tmp")
_NO_DOCKER: Final = "# For containers, add SupplementaryGroups=docker (which is as good as root).\n"


def unit_text(program: str, arguments: Sequence[str] = (), *, docker: bool = False) -> str:
    """The unit.

    Args:
        program: the command with its absolute path.
        arguments: of the agent, beside address and token.
        docker: whether it may ask Docker; whoever may is as good as root.
    """
    command = " ".join([quoted(program), "agent", *map(quoted, arguments)])
    groups = "SupplementaryGroups=docker\n" if docker else _NO_DOCKER
    return _UNIT_TEXT.format(command=command, environment=ENVIRONMENT, groups=groups)


def hindrance(program: Path, root: Path = Path("/")) -> str | None:
    """Why the service's user, who is nobody in particular, cannot run a program; None if nothing is known."""
    real = program.resolve()
    if any(real.is_relative_to(root / folder) for folder in _PRIVATE_FOLDERS):
        return "a service has temporary folders of its own"
    for folder in reversed([parent for parent in real.parents if parent.is_relative_to(root)]):
        if not folder.stat().st_mode & stat.S_IXOTH:
            return f"{folder} is closed to others"
    wanted = stat.S_IROTH | stat.S_IXOTH
    return None if real.stat().st_mode & wanted == wanted else "others may not run it"


def quoted(word: str) -> str:
    """A word of a command line as systemd reads it."""
    safe = word.replace("%", "%%").replace("$", "$$")
    if safe and not set(safe) & set(" \t\n\"'\\;"):
        return safe
    escaped = safe.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def install(url: str, token: str, unit: str, root: Path = Path("/")) -> list[Path]:
    """Write the unit and, for root's eyes only, address and token. Raises OSError."""
    environment, service = root / ENVIRONMENT, root / UNIT
    for path in (environment, service):
        path.parent.mkdir(parents=True, exist_ok=True)
    environment.touch(mode=0o600)
    os.chmod(environment, 0o600)
    environment.write_text(f"{URL_VARIABLE}={url}\n{TOKEN_VARIABLE}={token}\n")
    service.write_text(unit)
    os.chmod(service, 0o644)  # no secret in it; systemd complains about closed ones
    return [environment, service]
