"""Which file of a release is for a machine."""

from __future__ import annotations

import pytest

from kuma_lite.installing.releases import machine_of, release_for

NAMES = [
    f"kuma-lite-{version}-linux-{build}{ending}"
    for version in ("0.9.0", "0.10.0")
    for build in ("x86_64", "aarch64", "armv7l", "x86_64-musl", "aarch64-musl")
    for ending in ("", ".tar.gz")
]


@pytest.mark.parametrize(
    ("kernel", "bits", "musl", "build"),
    [
        ("x86_64", 64, False, "x86_64"),
        ("x86_64", 64, True, "x86_64-musl"),
        ("arm64", 64, True, "aarch64-musl"),
        ("armv7l", 32, False, "armv7l"),
        ("aarch64", 32, False, "armv7l"),  # Raspberry Pi OS of 32 bits
        ("aarch64", 64, False, "aarch64"),
    ],
)
def test_the_newest_for_the_machine_and_its_c_library(kernel: str, bits: int, musl: bool, build: str) -> None:
    sums = dict.fromkeys(NAMES, "0" * 64)
    for folder, ending in ((False, ""), (True, ".tar.gz")):
        found = release_for(sums, machine_of(kernel, bits=bits), musl=musl, folder=folder)
        assert found.name == f"kuma-lite-0.10.0-linux-{build}{ending}"
