"""What a release has for this machine: a list of files with their digests, signed with Ed25519.

    sums = verified(fetch("SHA256SUMS"), fetch("SHA256SUMS.sig"), keys)
    newest = release_for(sums, machine="x86_64", musl=False, folder=True)

The version is that of the names in the signed list: nobody without the key can offer an older one as new.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from kuma_lite.core.errors import UserError

SUMS: Final = "SHA256SUMS"
SIGNATURE: Final = "SHA256SUMS.sig"  # in base64
MAX_SUMS_BYTES: Final = 1_000_000
MAX_FILE_BYTES: Final = 500_000_000

_LINE: Final = re.compile(r"(?P<digest>[0-9a-f]{64}) [ *](?:\./)?(?P<name>[A-Za-z0-9][\w.+-]*)")
_NAME: Final = re.compile(
    r"kuma-lite-(?P<version>\d+\.\d+\.\d+\w*)-linux-(?P<machine>[a-z0-9_]+?)"
    r"(?:-(?P<libc>musl|glibc|gnu))?(?P<folder>\.tar\.gz)?"
)
_VERSION: Final = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:(a|b|rc)(\d+))?")
# As kernels call them, and as builds for them are called.
_MACHINES: Final = {
    "x86_64": ("amd64", "x86_64"),
    "amd64": ("amd64", "x86_64"),
    "aarch64": ("arm64", "aarch64"),
    "arm64": ("arm64", "aarch64"),
    "armv7l": ("armv7", "armv7l"),
    "armv8l": ("armv7", "armv7l"),
}


class Release(Struct, frozen=True):
    """A file of a release: its version, its name, and the SHA-256 of it in hexadecimal."""

    version: str
    name: str
    digest: str


def verified(sums: bytes, signature: bytes, keys: Iterable[str]) -> dict[str, str]:
    """File name → digest. Raises UserError unless one of the keys (base64) has signed the list."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        given = base64.b64decode(signature.strip(), validate=True)
    except binascii.Error:
        given = b""
    for key in keys:
        try:
            Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(given, sums)
        except InvalidSignature:
            continue
        except ValueError:
            raise UserError("“{key}” is no public key of Ed25519 in base64.", key=key) from None
        return listed(sums)
    raise UserError("The release is not signed with a key of ours: nothing of it is used.")


def listed(sums: bytes) -> dict[str, str]:
    """File name → digest, of what `sha256sum` writes. Lines that are none are left out."""
    found = (_LINE.fullmatch(line) for line in sums.decode("utf-8", "replace").splitlines())
    return {match["name"]: match["digest"] for match in found if match is not None}


def machine_of(kernel: str, *, bits: int) -> str:
    """What a program's machine is called: a system of 32 bits may run on a kernel of 64."""
    return "armv7l" if bits == 32 and kernel in ("aarch64", "arm64") else kernel


def release_for(sums: Mapping[str, str], machine: str, *, musl: bool, folder: bool) -> Release:
    """The file for a machine. Raises UserError when there is none.

    Args:
        sums: file name → digest.
        machine: as its kernel calls it (`machine_of`).
        musl: whether its C library is musl.
        folder: the archive of a folder, not one file.
    """
    names = _MACHINES.get(machine.lower(), (machine.lower(),))
    fitting = [
        Release(match["version"], name, digest)
        for name, digest in sums.items()
        if (match := _NAME.fullmatch(name)) is not None
        and match["machine"] in names
        and (match["libc"] == "musl") == musl
        and (match["folder"] is not None) == folder
        and _VERSION.fullmatch(match["version"])
    ]
    if not fitting:
        library = "musl" if musl else "glibc"
        raise UserError(
            "The release has nothing for this machine ({machine}, {library}).",
            machine=machine,
            library=library,
        )
    return max(fitting, key=lambda release: order(release.version))


def order(version: str) -> tuple[int, int, int, str, int]:
    """What versions are compared by; a candidate comes before what it becomes. Raises ValueError."""
    match = _VERSION.fullmatch(version)
    if match is None:
        raise ValueError(f"no version: {version}")
    major, minor, patch, stage, number = match.groups()
    return int(major), int(minor), int(patch), stage or "release", int(number or 0)
