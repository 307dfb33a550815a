"""Apache Kafka: broker and controller in one process, from Maven's artefacts. `running` gives the ports.

The user `kuma` has the password `PASSWORD` with PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512. Topics are created
when they are first asked for, unless a client says no.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tests.net.authority import Authority, Issued
from tests.peers.support import accepts, keep, started
from tests.requires import ROOT
from tests.support.ports import free_port

PROGRAMS: Final = ("java", "mvn")
PASSWORD: Final = "p=ss w/rd"
JARS: Final = ROOT / "build" / "kafka"  # 46 MB, which stay from run to run
FETCH_S: Final = 300.0
_POM: Final = Path(__file__).parent / "kafka" / "pom.xml"
_MEMORY: Final = "-Xmx256m"
_LISTENERS: Final = ("PLAINTEXT", "SASL_PLAINTEXT", "SSL", "CONTROLLER")


class Ports(NamedTuple):
    plain: int
    sasl: int
    tls: int


class CannotFetch(Exception):
    """Maven does not get the artefacts: without a network, most likely."""


def fetch() -> None:
    """Bring the broker's files here, unless they are. Raises CannotFetch."""
    complete = JARS / "complete"
    if complete.exists():
        return
    command = [
        "mvn",
        "-B",
        "-q",
        "-f",
        str(_POM),
        "dependency:copy-dependencies",
        f"-DoutputDirectory={JARS}",
    ]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=FETCH_S)
    except (subprocess.SubprocessError, OSError) as error:
        raise CannotFetch(str(error)) from None
    complete.touch()


def _settings(folder: Path, ports: dict[str, int], certificate: Issued) -> str:
    keys = folder / "keys.pem"
    keys.write_text(certificate.key_pem + certificate.pem)
    listeners = ",".join(f"{name}://127.0.0.1:{port}" for name, port in ports.items())
    login = f'username="kuma" password="{PASSWORD}"'
    plain = (
        f'org.apache.kafka.common.security.plain.PlainLoginModule required {login} user_kuma="{PASSWORD}";'
    )
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    lines = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{ports['CONTROLLER']}",
        "listeners": listeners,
        "advertised.listeners": ",".join(listeners.split(",")[:-1]),
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": ",".join(
            f"{name}:{'PLAINTEXT' if name == 'CONTROLLER' else name}" for name in ports
        ),
        "inter.broker.listener.name": "PLAINTEXT",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        "listener.name.sasl_plaintext.plain.sasl.jaas.config": plain,
        "listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config": scram,
        "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config": scram,
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(keys),
        "log.dirs": str(folder / "data"),
        "num.partitions": "2",
        "message.max.bytes": "10000",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
    }
    return "".join(f"{name}={value}\n" for name, value in lines.items())


@asynccontextmanager
async def running(folder: Path, certificate: Issued | None = None) -> AsyncIterator[Ports]:
    ports = {name: free_port() for name in _LISTENERS}
    settings = folder / "server.properties"
    settings.write_text(_settings(folder, ports, certificate or Authority.create().server("localhost")))
    java = ("java", _MEMORY, "-cp", f"{JARS}/*")
    users = [
        part
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512")
        for part in ("--add-scram", f'{mechanism}=[name=kuma,password="{PASSWORD}"]')
    ]
    formatting = await asyncio.create_subprocess_exec(
        *(*java, "kafka.tools.StorageTool", "format", "-t", "AAAAAAAAAAAAAAAAAAAAAA", "-c", str(settings)),
        *users,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await formatting.communicate()
    assert formatting.returncode == 0, said.decode()
    ready = accepts(ports["PLAINTEXT"])
    async with started(*java, "kafka.Kafka", settings, ready=ready, folder=folder):
        yield Ports(ports["PLAINTEXT"], ports["SASL_PLAINTEXT"], ports["SSL"])


if __name__ == "__main__":
    fetch()
    keep(running)
