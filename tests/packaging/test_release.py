"""What `make release` checks and writes, without making one."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
from email.message import Message
from pathlib import Path
from types import ModuleType

import pytest

from tests.requires import ROOT, needs_program

RELEASE = ROOT / "packaging" / "release"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, RELEASE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def test_a_file_that_wants_a_newer_glibc_is_named(tmp_path: Path) -> None:
    needed = b"\x7fELF" + b"\0libc.so.6\0GLIBC_2.17\0GLIBC_2.2.5\0GLIBC_2.29\0"
    (tmp_path / "_new.so").write_bytes(needed)
    (tmp_path / "_old.so").write_bytes(needed.replace(b"2.29", b"2.28"))
    (tmp_path / "notes.txt").write_bytes(needed[4:])
    done = subprocess.run(
        [sys.executable, RELEASE / "glibc.py", "2.28", tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == f"{tmp_path}/_new.so asks for glibc 2.29\n"
    assert load("glibc").main("2.29", str(tmp_path)) == 0
    assert load("glibc").wanted(Path(sys.executable).resolve()) > (2, 0)


def test_licences_are_what_the_metadata_says() -> None:
    documents = load("documents")

    class Found:
        metadata = Message()

    Found.metadata["Classifier"] = "License :: OSI Approved :: MIT License"
    assert documents.licence_of(Found()) == "MIT License"
    Found.metadata["License-Expression"] = "MIT OR Apache-2.0"
    assert documents.licence_of(Found()) == "MIT OR Apache-2.0"
    refused = ("GPL-3.0-only", "GNU General Public License v2 (GPLv2)")
    allowed = ("LGPL-2.1", "MIT", "MPL-2.0", "GPL-3.0-or-later WITH GCC-exception-3.1")
    assert all(documents.GPL.search(text) for text in refused)
    assert not any(documents.GPL.search(text) for text in allowed)


def test_crates_are_named_with_the_licence_and_text_that_we_take(tmp_path: Path) -> None:
    documents = load("documents")

    def write(path: str, text: str) -> None:
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    crates = "rust-crates/registry/src/index-1"
    write("rust/usr/share/doc/libstd-rust-web-dev/copyright", "of Rust")
    write("rust/version", "1.96.0\n")
    write(
        "rust-src/crates",
        "pigeon v1.0.0|MIT OR Apache-2.0\nself v2.0.0|Apache-2.0 OR GPL-2.0-only\n\n"
        "kept v0.5.0 (/build/rust-src/kept-0.5.0)|MIT\npigeon v1.0.0|MIT OR Apache-2.0\n",
    )
    for path in ("pigeon-1.0.0/LICENSE-MIT", "pigeon-1.0.0/LICENSE-APACHE", "pigeon-1.0.0/Cargo.toml"):
        write(f"{crates}/{path}", path)
    for path in ("self-2.0.0/LICENSE-APACHE", "self-2.0.0/LICENSE-GPLv2"):
        write(f"{crates}/{path}", path)
    found = list(documents.rust_libraries(tmp_path))
    assert [(each.name, each.version, each.kind, each.licence, each.texts) for each in found] == [
        ("rust", "1.96.0", "generic", "MIT OR Apache-2.0", ["of Rust"]),
        ("pigeon", "1.0.0", "cargo", "MIT OR Apache-2.0", ["pigeon-1.0.0/LICENSE-MIT"]),
        ("self", "2.0.0", "cargo", "Apache-2.0", ["self-2.0.0/LICENSE-APACHE"]),
    ]
    older = documents.Component("pigeon", "0.9.0", "cargo", "MIT", [])
    assert older.document()["bom-ref"] != found[1].document()["bom-ref"]  # two versions of a crate are common


def test_pip_hears_the_name_of_a_source_without_building_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Metadata-Version: 2.4\nName: pigeon-post\nVersion: 1.2.3\n\nFlies."
    (tmp_path / "PKG-INFO").write_text(text)
    monkeypatch.chdir(tmp_path)
    stand_in = load("sources/maturin")
    assert stand_in.prepare_metadata_for_build_wheel(str(tmp_path)) == "pigeon_post-1.2.3.dist-info"
    assert (tmp_path / "pigeon_post-1.2.3.dist-info" / "METADATA").read_text() == text


@needs_program("shellcheck")
@pytest.mark.parametrize(
    "script", ["release", "bundle", "install-rust", "build-rust", "rust-sources", "rust-extensions"]
)
def test_a_script_is_clean(script: str) -> None:
    done = subprocess.run(["shellcheck", RELEASE / script], capture_output=True, text=True, check=False)
    assert done.stdout == ""


def test_the_bill_names_every_library_of_the_page_and_its_address() -> None:
    documents = load("documents")
    components = list(documents.page_libraries(ROOT / "frontend" / "node_modules"))
    assert {"vue", "vue-router", "uplot", "socket.io-client", "engine.io-client"} <= {
        each.name for each in components
    }
    bill = documents.bill(components)
    assert bill["bomFormat"] == "CycloneDX"
    (vue,) = [each for each in bill["components"] if each["name"] == "vue"]
    assert vue["purl"] == f"pkg:npm/vue@{vue['version']}"
    assert {each["bom-ref"] for each in bill["components"]} == set(bill["dependencies"][0]["dependsOn"])


@needs_program("tar", "gzip")
def test_an_archive_has_the_same_bytes_whenever_it_is_made(tmp_path: Path) -> None:
    onedir = tmp_path / "kuma-lite-onedir"
    (onedir / "_internal").mkdir(parents=True)
    (onedir / "kuma-lite").write_text("program")
    made = tmp_path / "kuma-lite-1.0-linux-x86_64.tar.gz"
    subprocess.run([ROOT / "packaging" / "archive", onedir, made], check=True)
    first = made.read_bytes()
    os.utime(onedir / "kuma-lite", (0, 0))
    onedir.chmod(0o700)
    shutil.copytree(onedir, tmp_path / "again" / "kuma-lite-onedir")
    subprocess.run(
        [ROOT / "packaging" / "archive", tmp_path / "again" / "kuma-lite-onedir", made], check=True
    )
    assert made.read_bytes() == first
    with tarfile.open(made) as files:
        names = files.getnames()
    assert {
        f"kuma-lite-1.0-linux-x86_64/{name}" for name in ("kuma-lite", "LICENSE", "kuma-lite.service")
    } <= {*names}


@pytest.mark.parametrize("machine", ["armv7l", "riscv64"])
def test_an_image_is_refused_for_machines_without_builds(machine: str) -> None:
    done = subprocess.run(
        [ROOT / "packaging" / "image", machine], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == f"No image for {machine}: x86_64 or aarch64.\n"


@pytest.mark.skipif(shutil.which("flock") is None, reason="needs flock")
@pytest.mark.parametrize("script", ["release", "reproducible"])
def test_a_second_release_beside_the_first_is_refused(tmp_path: Path, script: str) -> None:
    shutil.copytree(RELEASE, tmp_path / "packaging" / "release")
    (tmp_path / "build" / "release").mkdir(parents=True)
    with (tmp_path / "build" / "release" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(
            [tmp_path / "packaging" / "release" / script, "x86_64"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "Another release is being made in this folder.\n")
    assert not (tmp_path / "dist").exists()
