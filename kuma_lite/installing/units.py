"""Services as systemd has them: the text of units, and what keeps a program from being one."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

from kuma_lite.core.config import SERVICE_FOLDER
from kuma_lite.installing.services import AGENT, SERVER, Service

UNITS: Final = "etc/systemd/system"
ENVIRONMENTS: Final = {SERVER: "etc/kuma-lite/kuma-lite.env", AGENT: "etc/kuma-lite-agent.env"}

_SERVER_TEXT: Final = """\
# Written by `kuma-lite service install`. With kuma-lite.socket beside it, connections wait while it starts
# anew, and it may listen on any port.
[Unit]
Description=Kuma Lite, uptime monitor
After=network-online.target
Wants=network-online.target

[Service]
Type=notify
ExecStart={command}
# Settings, as a line each: KUMA_LITE_PORT=3001 (“kuma-lite config” lists them).
EnvironmentFile=-/{environment}
# Certificates and the log; everything else is read at the start.
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=5
# Taking in the history of an older version may last minutes; a start that fails ends by itself.
TimeoutStartSec=infinity
# Fed by the clockwork that hands out checks: if that stands still, nothing is watched.
WatchdogSec=60
TimeoutStopSec=15
{owner}{data}UMask=0077

# Nothing of the machine but its network and its own data. Ping uses a raw socket where datagram ICMP is not
# allowed.
AmbientCapabilities=CAP_NET_RAW
CapabilityBoundingSet=CAP_NET_RAW
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome={homes}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
"""

_AGENT_TEXT: Final = """\
# Written by `kuma-lite service install --agent`; its address and token are in /{environment}.
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
_HOMES: Final = ("/home", "/root", "/run/user")
_NO_DOCKER: Final = "# For containers, add SupplementaryGroups=docker (which is as good as root).\n"
_OWN_FOLDER: Final = f"StateDirectory={SERVER}\nStateDirectoryMode=0700\n"


def unit_text(service: Service) -> str:
    """The unit of a service."""
    command = " ".join(map(quoted, (service.program, *service.arguments)))
    environment = ENVIRONMENTS[service.name]
    if service.name == SERVER:
        own = service.data in ("", str(SERVICE_FOLDER))
        return _SERVER_TEXT.format(
            command=command,
            environment=environment,
            owner=f"User={quoted(service.user)}\n" if service.user else "DynamicUser=yes\n",
            data=_OWN_FOLDER if own else f"ReadWritePaths={quoted(service.data)}\n",
            homes="no" if any(Path(service.data).is_relative_to(home) for home in _HOMES) else "yes",
        )
    groups = "SupplementaryGroups=docker\n" if service.docker else _NO_DOCKER
    return _AGENT_TEXT.format(command=command, environment=environment, groups=groups)


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
