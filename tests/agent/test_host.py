"""What the agent reads of the machine, of Docker, and how it talks to a server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from kuma_lite.agent.containers import Containers, percent
from kuma_lite.agent.identity import describe, host_id, local_address, operating_system, processor
from kuma_lite.agent.measure import MAX_DISKS, Gauge
from kuma_lite.agent.processes import MAX_PROCESSES, SHOWN, Processes, share
from kuma_lite.agent.sending import Outcome, Server, encoded
from kuma_lite.core.clock import ManualClock, SystemClock
from kuma_lite.servers.samples.metrics import metric_of, value_problem


def test_every_sample_is_one_the_server_takes() -> None:
    gauge = Gauge(SystemClock())
    begin = sum(psutil.cpu_times())
    while sum(psutil.cpu_times()) == begin:  # it counts in hundredths of a second
        time.sleep(0.01)
    samples = dict(gauge.samples())
    for name, value in samples.items():
        metric = metric_of(name)
        assert metric is not None and value_problem(metric, value) is None, name
    assert {"cpu_used", "mem_used_b", "disk_used_b", "load_1", "process_count"} <= samples.keys()
    attributes = gauge.attributes()
    assert 0 < samples["mem_used_b"] < attributes["memory_total_bytes"]
    assert 0 < samples["disk_used_b"] <= attributes["disk_total_bytes"]
    assert 0 <= samples["cpu_used"] <= attributes["cpu_cores"] * 1024


def test_what_a_machine_cannot_tell_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    gauge = Gauge(SystemClock())

    def broken() -> list[tuple[str, float]]:
        raise OSError("no such file")

    monkeypatch.setattr(gauge, "_network", broken)
    names = dict(gauge.samples())
    assert "net_recv_b" not in names and "mem_used_b" in names


def test_every_file_system_is_named_once_and_images_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = [
        ("/dev/sda2", "/", "ext4"),
        ("/dev/sda2", "/var/lib/docker/volumes", "ext4"),
        ("/dev/sdb1", "/mnt/disk", "ext4"),
        ("/dev/sdb1", "/srv/disk", "ext4"),
        ("/dev/loop0", "/snap/core/1", "squashfs"),
        ("/dev/sdc1", "/secret", "ext4"),
        *((f"/dev/sd{letter}", f"/disk/{letter}", "ext4") for letter in "defghijklmn"),
    ]

    def usage(path: str) -> Any:
        if path == "/secret":
            raise PermissionError(path)
        return SimpleNamespace(used=1, total=2)

    gauge = Gauge(SystemClock())
    parts = [SimpleNamespace(device=d, mountpoint=m, fstype=f) for d, m, f in mounts]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: parts)
    monkeypatch.setattr(psutil, "disk_usage", usage)
    names = [name for name, _ in gauge.samples() if name.startswith("disk_used_b")]
    assert names[:3] == ["disk_used_b", "disk_used_b[/mnt/disk]", "disk_used_b[/disk/d]"]
    assert len(names) == 1 + MAX_DISKS


@pytest.mark.parametrize(
    ("usages", "used", "total"),
    [
        ({"/": (5, 10), "/var": (6, 10)}, 5, 10),
        ({"/": (3, 3), "/sysroot": (6, 20), "/var": (7, 20)}, 6, 20),  # Fedora Silverblue
        ({"/": (3, 3), "/var": (7, 20)}, 7, 20),
        ({"/": (3, 3), "/sysroot": (3, 3), "/var": (7, 20)}, 7, 20),
        ({"/": (3, 3)}, 3, 3),  # a disk that is really full
    ],
)
def test_a_root_that_is_an_image(
    monkeypatch: pytest.MonkeyPatch, usages: dict[str, tuple[int, int]], used: int, total: int
) -> None:
    def usage(path: str) -> Any:
        if path not in usages:
            raise FileNotFoundError(path)
        return SimpleNamespace(used=usages[path][0], total=usages[path][1])

    gauge = Gauge(SystemClock())
    parts = [
        SimpleNamespace(device="/dev/x", mountpoint=path, fstype="xfs") for path in usages if path != "/"
    ]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: parts)
    monkeypatch.setattr(psutil, "disk_usage", usage)
    assert dict(gauge.samples())["disk_used_b"] == used
    assert gauge.attributes()["disk_total_bytes"] == total


def test_sensors_that_are_not_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    def sensor(current: float | None) -> Any:
        return SimpleNamespace(current=current)

    chips = {
        "coretemp": [sensor(48.0), sensor(51.26), sensor(255.5)],
        "acpitz": [sensor(-273.2)],
        "nct6775": [sensor(-128.0), sensor(None), sensor(-5.0)],
        "iwlwifi": [],
    }
    monkeypatch.setattr(psutil, "sensors_temperatures", lambda: chips, raising=False)
    found = {name: value for name, value in Gauge(SystemClock()).samples() if "temperature" in name}
    assert found == {"temperature_c[coretemp]": 51.3, "temperature_c[nct6775]": -5.0}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"etc/machine-id": "abc\n", "sys/class/dmi/id/board_serial": "S1"}, "abc"),
        ({"etc/machine-id": "uninitialized", "sys/class/dmi/id/board_serial": "S1"}, "S1"),
        (
            {"sys/class/dmi/id/board_serial": "To be filled by O.E.M.", "sys/class/dmi/id/product_uuid": "U"},
            "U",
        ),
        ({}, socket.gethostname()),
    ],
)
def test_the_identity_of_a_host(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert host_id(tmp_path) == expected


def test_what_the_system_is_called(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "proc").mkdir()
    (tmp_path / "etc/os-release").write_text('NAME=x\nPRETTY_NAME="Debian GNU/Linux 12"\n')
    (tmp_path / "proc/cpuinfo").write_text("processor : 0\nmodel\t\t: 167\nmodel name\t: Fast 1\n")
    assert (operating_system(tmp_path), processor(tmp_path)) == ("Debian GNU/Linux 12", "Fast 1")
    (tmp_path / "proc/cpuinfo").write_text("processor : 0\nRevision : c03\nModel : Raspberry Pi 5\n")
    assert processor(tmp_path) == "Raspberry Pi 5"
    assert processor(tmp_path / "nothing") is None


def test_the_address_in_the_network_of_the_server() -> None:
    outside = local_address("http://192.0.2.7:9")
    assert outside is None or not ip_address(outside).is_loopback
    assert local_address("http://127.0.0.1:9") == outside  # beside the server, what others know it by
    assert local_address("http://no-such-host.invalid") is None
    found = describe("http://127.0.0.1:9", "my-id", lambda address: f"mac of {address}")
    assert found["motherboard_id"] == "my-id"
    assert found.get("mac_address") == (f"mac of {outside}" if outside else None)


# --- processes ---------------------------------------------------------------------------------------------


def test_the_busiest_process_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ManualClock()
    processes = Processes(clock)
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        try:
            look, ours = psutil.process_iter, (os.getpid(), busy.pid)  # others may be busier still
            monkeypatch.setattr(psutil, "process_iter", lambda what: (p for p in look(what) if p.pid in ours))
            processes.busiest()
            use_processor_time(busy.pid)
            clock.advance(1)
            rows = processes.busiest()
            assert rows is not None
            assert len(rows) <= 2 * SHOWN and rows == sorted(
                rows, key=lambda row: (row["cpu"], row["memory"]), reverse=True
            )
            (row,) = [row for row in rows if row["pid"] == busy.pid]
            assert row["name"].startswith("python") and row["cpu"] >= 20 and row["memory"] > 1_000_000
        finally:
            busy.kill()


def use_processor_time(pid: int) -> None:
    """Return when a process has used another fifth of a second, and a bit: what is compared is rounded."""
    process = psutil.Process(pid)
    deadline = time.monotonic() + 20
    enough = sum(process.cpu_times()[:2]) + 0.25
    while sum(process.cpu_times()[:2]) < enough:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_too_many_processes_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    processes = Processes(ManualClock())
    monkeypatch.setattr(psutil, "pids", lambda: range(MAX_PROCESSES + 1))
    assert processes.busiest() is None


@pytest.mark.parametrize(
    ("before", "now", "passed", "expected"),
    [(None, 5, 60, 0.0), (5, 35, 60, 50.0), (5, 125, 60, 200.0), (5, 4, 60, 0.0), (5, 6, 0, 0.0)],
)
def test_the_share_of_a_core(before: float | None, now: float, passed: float, expected: float) -> None:
    assert share(before, now, passed) == expected


# --- Docker ------------------------------------------------------------------------------------------------


class Docker(ThreadingMixIn, UnixStreamServer):
    """A Docker with two containers, whose processor time grows by a second per question."""

    daemon_threads = True
    asked = 0
    ill = False


class DockerHandler(BaseHTTPRequestHandler):
    server: Docker

    def address_string(self) -> str:
        return "local"

    def do_GET(self) -> None:
        if self.server.ill:
            self.send_error(500)
            return
        if self.path == "/containers/json":
            document: Any = [
                {"Id": "a" * 64, "Names": ["/db"], "Image": "db:9", "Status": "Up 2 days"},
                {"Id": "b" * 64, "Names": []},
            ]
        else:
            self.server.asked += 1
            busy = "/a" in self.path
            total = 1_000_000_000 * (self.server.asked if busy else 1)
            document = {
                "cpu_stats": {
                    "cpu_usage": {"total_usage": total},
                    "system_cpu_usage": 4_000_000_000 * self.server.asked,
                    "online_cpus": 4,
                },
                "memory_stats": {"usage": 5_000, "stats": {"inactive_file": 2_000}},
            }
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def docker(tmp_path: Path) -> Iterator[Docker]:
    server = Docker(str(tmp_path / "d.sock"), DockerHandler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_busiest_container_comes_first(docker: Docker) -> None:
    containers = Containers(str(docker.server_address))
    first = containers.busiest()
    assert first is not None and [row["cpu"] for row in first] == [0.0, 0.0]
    second = containers.busiest()
    assert second is not None
    assert second[0] == {
        "name": "db",
        "image": "db:9",
        "status": "Up 2 days",
        "cpu": 100.0,
        "memory": 3_000,
    }
    assert second[1]["name"] == "b" * 12


def test_without_docker_there_is_nothing(docker: Docker, tmp_path: Path) -> None:
    assert Containers(str(tmp_path / "nothing")).busiest() is None
    assert Containers("").busiest() is None
    docker.ill = True
    assert Containers(str(docker.server_address)).busiest() is None


def test_percent_of_a_restarted_container() -> None:
    assert percent(None, (5, 5), 4) == 0
    assert percent((10, 10), (5, 20), 4) == 0
    assert percent((10, 10), (20, 10), 4) == 0
    assert percent((0, 0), (1, 2), 2) == 100.0


# --- sending -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (201, "SENT"),
        (200, "LATER"),
        (401, "LATER"),
        (404, "LATER"),
        (413, "SMALLER"),
        (422, "NEVER"),
        (503, "LATER"),
    ],
)
def test_what_an_answer_means(status: int, outcome: str) -> None:
    from http.server import ThreadingHTTPServer

    seen: list[tuple[str, str | None, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            seen.append((self.path, self.headers["authorization"], json.loads(body)))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True).start()
        server = Server(f"http://127.0.0.1:{http.server_port}/kuma/", "secret")
        assert server.send({"a": 1}) is Outcome[outcome]
        assert (server.said == "") == (outcome == "SENT") and "secret" not in server.said
        http.shutdown()
    assert seen == [("/kuma/api/v1/server_metrics", "Bearer secret", {"a": 1})]


def test_a_server_that_is_away() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        server = Server(f"http://127.0.0.1:{closed.getsockname()[1]}", "t")
        assert server.send({}) is Outcome.LATER
        assert "cannot be reached" in server.said


def test_names_that_are_no_text_are_sent_as_one() -> None:
    program = (
        "import sys; open('/proc/self/comm', 'wb').write(b'\\xff\\xfe'); print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        name = psutil.Process(process.pid).name()
        process.communicate()
    with pytest.raises(UnicodeEncodeError):
        name.encode()
    metrics = [{"metric": "disk_used_b[/mnt/\udce9]", "value": 1}]
    report = {"attributes": {"hostname": "wéb\udcff"}, "metrics": metrics, "processes": [{"name": name}]}
    assert json.loads(encoded(report).decode()) == {
        "attributes": {"hostname": "wéb\ufffd"},
        "metrics": [{"metric": "disk_used_b[/mnt/\ufffd]", "value": 1}],
        "processes": [{"name": "\ufffd\ufffd"}],
    }


@pytest.mark.parametrize("url", ["", "example.com", "ftp://example.com", "http://"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(ValueError, match="must begin with"):
        Server(url, "t")


# --- memory of a container ---------------------------------------------------------------------------------


def group(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


def gauge_in(cgroups: Path, monkeypatch: pytest.MonkeyPatch) -> Gauge:
    memory = SimpleNamespace(total=16_000_000_000, available=4_000_000_000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    monkeypatch.setattr(psutil, "swap_memory", lambda: SimpleNamespace(total=2_000, used=1_000))
    gauge = Gauge(SystemClock(), cgroups)
    monkeypatch.setattr(gauge, "_procfs", lambda: Path("/nonexistent"))
    return gauge


def figures(gauge: Gauge) -> tuple[float, int]:
    return dict(gauge.samples())["mem_used_b"], gauge.attributes()["memory_total_bytes"]


def test_a_container_tells_its_own_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "memory__max": "512000000\n",
        "memory__current": "300000000\n",
        "memory__stat": "anon 1\ninactive_file 100000000\n",
        "memory__swap__max": "1000\n",
        "memory__swap__current": "250\n",
    }
    gauge = gauge_in(group(tmp_path / "v2", **files), monkeypatch)
    assert figures(gauge) == (200_000_000, 512_000_000)
    assert dict(gauge.samples())["swap_used_b"] == 250 and gauge.attributes()["swap_total_bytes"] == 1000


def test_a_container_of_the_first_version_of_control_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "memory__limit_in_bytes": "512000000\n",
        "memory__usage_in_bytes": "300000000\n",
        "memory__stat": "inactive_file 5\ntotal_inactive_file 100000000\n",
    }
    group(tmp_path / "v1" / "memory", **files)
    gauge = gauge_in(tmp_path / "v1", monkeypatch)
    assert figures(gauge) == (200_000_000, 512_000_000)
    assert dict(gauge.samples())["swap_used_b"] == 1_000  # of the host: the group has no limit of its own


@pytest.mark.parametrize(
    "files",
    [
        {},  # a host
        {"memory__max": "max\n", "memory__current": "300000000\n"},
        {"memory__max": "99000000000\n", "memory__current": "300000000\n"},  # more than there is
        {"memory__max": "512000000\n"},
    ],
)
def test_a_group_without_a_limit_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]
) -> None:
    gauge = gauge_in(group(tmp_path / "v2", **files), monkeypatch)
    assert figures(gauge) == (12_000_000_000, 16_000_000_000)
